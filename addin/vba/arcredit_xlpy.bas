Attribute VB_Name = "arcredit_xlpy"
Option Explicit
Option Private Module
' The bridge to Python: starts xlwings' COM server (Windows) or one run of Python (Mac).
'
' One fixed interpreter in the user's own folder, put there by "arcredit addin install". Nothing is read from a
' workbook, its folder or the environment: a mailed workbook must not decide which program runs. The server
' object is kept, so a call costs a call.

Private Const XLWINGS As String = "0.37.8"
Private Const WAIT_AFTER_FAILURE As Long = 60

Private m_python As Object
Private m_failed As Date
Private m_problem As String

#If Mac Then
#ElseIf Win64 Then
    Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings64-0.37.8.dll" (ByRef result As Variant, ByVal config As String, ByVal mode As Long) As Long
    Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryA" (ByVal fileName As String) As LongPtr
#Else
    Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings32-0.37.8.dll" (ByRef result As Variant, ByVal config As String, ByVal mode As Long) As Long
    Private Declare PtrSafe Function LoadLibrary Lib "kernel32" Alias "LoadLibraryA" (ByVal fileName As String) As Long
#End If

Public Function ArcHome() As String
    #If Mac Then
        ArcHome = "$HOME/Library/Application Support/arcredit/venv"
    #Else
        ArcHome = Environ("LOCALAPPDATA") & "\arcredit\venv"
    #End If
End Function

Public Function ArcLibrary() As String
    #If Win64 Then
        ArcLibrary = ArcHome() & "\xlwings64-" & XLWINGS & ".dll"
    #Else
        ArcLibrary = ArcHome() & "\xlwings32-" & XLWINGS & ".dll"
    #End If
End Function

' -I: no PYTHONPATH, no user packages, no current folder. cmd needs quotes around the whole as well.
Public Function ArcServerCommand(home As String) As String
    Dim q As String
    q = Chr$(34)
    ArcServerCommand = "cmd.exe /K " & q & q & home & "\Scripts\pythonw.exe" & q & " -I -B -c " & q & _
        "import xlwings; xlwings.serve('$(CLSID)')" & q & q
End Function

Public Function ArcIsInstalled() As Boolean
    On Error Resume Next
    #If Mac Then
        ArcIsInstalled = True
    #Else
        ArcIsInstalled = Len(Dir(ArcHome() & "\Scripts\pythonw.exe")) > 0 And Len(Dir(ArcLibrary())) > 0
    #End If
End Function

' What went wrong when Python was last started, in the words of whoever refused.
Public Function ArcProblem() As String
    ArcProblem = m_problem
End Function

Public Function ArcPython() As Object
    If m_python Is Nothing Then ArcStartPython
    Set ArcPython = m_python
End Function

Public Sub ArcForgetPython()
    Set m_python = Nothing
    ArcForgetResults
End Sub

' Lets the next call try again at once, for the button that checks the installation.
Public Sub ArcForgetFailure()
    m_failed = 0
    m_problem = ""
End Sub

Private Sub ArcStartPython()
    #If Mac Then
        Err.Raise 1001, "arcredit", ArcText("no_functions_on_mac")
    #Else
        Dim server As Variant
        ' A start can take a minute to fail: not once for every cell.
        If m_failed > 0 Then
            If DateDiff("s", m_failed, Now) < WAIT_AFTER_FAILURE Then Err.Raise 1002, "arcredit", m_problem
        End If
        If Not ArcIsInstalled() Then ArcRefuse ArcText("not_installed") & vbLf & ArcHome()
        If LoadLibrary(ArcLibrary()) = 0 Then ArcRefuse ArcText("not_loaded") & vbLf & ArcLibrary()
        If XLPyDLLActivateAuto(server, ArcServerCommand(ArcHome()), 1) <> 0 Then ArcRefuse CStr(server)
        Set m_python = server
        m_failed = 0
    #End If
End Sub

Private Sub ArcRefuse(problem As String)
    m_failed = Now
    m_problem = problem
    Err.Raise 1003, "arcredit", problem
End Sub

' --- Buttons -----------------------------------------------------------------------------------------------

' A button runs the function of its name in arcredit/hosts/excel/ribbon.py.
Public Sub ArcPress(functionName As String)
    Dim statement As String
    If ActiveWorkbook Is Nothing Then
        MsgBox ArcText("no_workbook"), vbInformation, "arcredit"
        Exit Sub
    End If
    statement = "from arcredit.hosts.excel import ribbon; ribbon." & functionName & "()"
    #If Mac Then
        ArcPressOnMac statement
    #Else
        ArcPressOnWindows statement
    #End If
End Sub

Private Sub ArcPressOnWindows(statement As String)
    Dim python As Object
    On Error GoTo failed
    Set python = ArcPython()
    python.SetAttr python.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook
    python.Exec statement
    Exit Sub
failed:
    MsgBox ArcText("failed") & vbLf & vbLf & ArcLastLine(Err.Description), vbExclamation, "arcredit"
End Sub

Private Sub ArcPressOnMac(statement As String)
    #If Mac Then
        Dim q As String
        Dim task As String
        q = Chr$(34)
        ' The script of xlwings: paths, interpreter, command, workbook, Excel, log file.
        task = "False;;;;;|" & q & ArcHome() & "/bin/python" & q & " -I|" & statement & "|" & ActiveWorkbook.Name & "|" & _
            Left$(Application.Path, Len(Application.Path) - 4) & "|" & ArcMacLog()
        On Error GoTo failed
        Kill ArcMacLog()
        Application.StatusBar = ArcText("working")
        AppleScriptTask "xlwings-" & XLWINGS & ".applescript", "VbaHandler", task
        Exit Sub
failed:
        If Err.Number = 53 Then Resume Next
        Application.StatusBar = False
        MsgBox ArcText("not_installed"), vbExclamation, "arcredit"
    #End If
End Sub

Private Function ArcMacLog() As String
    ArcMacLog = Environ("HOME") & "/arcredit.log"
End Function

' When a run of Python has ended on the Mac: show what it complained of.
Public Sub ArcMacEnded()
    Dim channel As Integer
    Dim text As String
    Dim last As String
    On Error Resume Next
    Application.StatusBar = False
    channel = FreeFile
    Open ArcMacLog() For Input As #channel
    Do While Not EOF(channel)
        Line Input #channel, text
        If Len(text) > 0 Then last = text
    Loop
    Close #channel
    Kill ArcMacLog()
    If Len(last) > 0 Then MsgBox ArcText("failed") & vbLf & vbLf & last, vbExclamation, "arcredit"
End Sub

' The last line of a traceback is what happened; the rest is for us.
Private Function ArcLastLine(text As String) As String
    Dim lines As Variant
    Dim i As Long
    lines = Split(Replace(text, vbCr, ""), vbLf)
    For i = 0 To UBound(lines)
        If Len(Trim$(lines(i))) > 0 Then ArcLastLine = lines(i)
    Next i
End Function
