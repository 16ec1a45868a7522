Attribute VB_Name = "arcredit_install"
Option Explicit
Option Private Module
' What happens when the add-in opens, its texts in the language of Excel, and the checks of its installation.

Private Const TEXT_SHEET As String = "texts"
Private Const XL_EXCEL_LINKS As Long = 1
Private Const UI_LANGUAGE As Long = 2
Private Const CHINESE As Long = 4

Private m_texts As Variant

Public Sub ArcOpen()
    On Error Resume Next
    ArcRegister
    If Not ArcIsInstalled() Then MsgBox ArcText("not_installed") & vbLf & ArcHome(), vbExclamation, "arcredit"
End Sub

' --- Language ----------------------------------------------------------------------------------------------

' "zh" where Excel speaks Chinese, else "en"; ARCREDIT_LANGUAGE overrides it, as on the command line.
Public Function ArcLanguage() As String
    Dim code As Long
    ArcLanguage = LCase$(Left$(Environ("ARCREDIT_LANGUAGE"), 2))
    If ArcLanguage = "en" Or ArcLanguage = "zh" Then Exit Function
    ArcLanguage = "en"
    On Error Resume Next
    code = Application.LanguageSettings.LanguageID(UI_LANGUAGE)
    If (code Mod 1024) = CHINESE Then ArcLanguage = "zh"
End Function

' Texts stand in a sheet of the add-in, for VBA source knows no Chinese.
Public Function ArcText(key As String) As String
    Dim i As Long
    Dim column As Long
    ArcText = key
    On Error Resume Next
    If IsEmpty(m_texts) Then m_texts = ThisWorkbook.Worksheets(TEXT_SHEET).UsedRange.Value
    column = 2
    If ArcLanguage() = "zh" Then column = 3
    For i = 1 To UBound(m_texts, 1)
        If m_texts(i, 1) = key Then
            ArcText = m_texts(i, column)
            Exit Function
        End If
    Next i
End Function

' --- Function Wizard ---------------------------------------------------------------------------------------

Public Sub ArcRegister()
    Dim help As Variant
    Dim sheet As Object
    Dim i As Long
    On Error Resume Next
    Set sheet = ThisWorkbook.Worksheets("help_" & ArcLanguage())
    help = sheet.UsedRange.Value
    If ArcLanguage() = "zh" Then
        ThisWorkbook.Worksheets("_IntelliSense_").Range(sheet.UsedRange.Address).Value = help
    End If
    ' Excel may refuse to describe the macros of a hidden workbook, and an add-in is hidden.
    If Not ArcDescribed(help, 2) Then ThisWorkbook.IsAddin = False
    For i = 2 To UBound(help, 1)
        ArcDescribed help, i
    Next i
    ThisWorkbook.IsAddin = True
    ThisWorkbook.Saved = True
End Sub

' One line of a help sheet: name, summary, link, then name and text of each argument.
Private Function ArcDescribed(help As Variant, i As Long) As Boolean
    Dim texts() As String
    Dim count As Long
    Dim j As Long
    On Error GoTo failed
    For j = 4 To UBound(help, 2) - 1 Step 2
        If Len(help(i, j)) > 0 Then count = count + 1
    Next j
    ReDim texts(1 To count)
    For j = 1 To count
        texts(j) = help(i, 3 + 2 * j)
    Next j
    Application.MacroOptions Macro:="'" & ThisWorkbook.Name & "'!" & help(i, 1), Description:=help(i, 2), _
        Category:=ArcCategory(CStr(help(i, 1))), ArgumentDescriptions:=texts
    ArcDescribed = True
    Exit Function
failed:
    ArcDescribed = False
End Function

Private Function ArcCategory(functionName As String) As String
    ArcCategory = ArcText("category." & LCase$(Left$(functionName, InStr(functionName, "_") - 1)))
End Function

' --- Checks ------------------------------------------------------------------------------------------------

' A button: can Python be started, and does it answer?
Public Sub ArcCheckInstallation()
    Dim python As Object
    Dim answer As Variant
    #If Mac Then
        MsgBox ArcText("no_functions_on_mac"), vbInformation, "arcredit"
    #Else
        On Error GoTo failed
        ArcForgetFailure
        ArcForgetPython
        Set python = ArcPython()
        answer = python.CallUDF("arcredit.hosts.excel.udfs", "AR_DSO", Array(False, 100, 1000, 365))
        If answer <> 36.5 Then Err.Raise 1004, "arcredit", CStr(answer)
        MsgBox ArcText("works") & vbLf & ThisWorkbook.FullName & vbLf & ArcHome(), vbInformation, "arcredit"
        Exit Sub
failed:
        MsgBox ArcText("does_not_work") & vbLf & vbLf & Err.Description & vbLf & vbLf & ArcText("doctor"), vbExclamation, "arcredit"
    #End If
End Sub

' A button: a workbook opened where the add-in was missing holds 'C:\...\arcredit.xlam'!AR_DSO(...) instead of
' AR_DSO(...). Pointing that link to the add-in that is loaded makes the plain name of it again.
Public Sub ArcRepairLinks()
    Dim links As Variant
    Dim i As Long
    Dim repaired As Long
    On Error GoTo failed
    If ActiveWorkbook Is Nothing Then
        MsgBox ArcText("no_workbook"), vbInformation, "arcredit"
        Exit Sub
    End If
    links = ActiveWorkbook.LinkSources(XL_EXCEL_LINKS)
    If IsArray(links) Then
        For i = LBound(links) To UBound(links)
            If ArcIsOurs(CStr(links(i))) Then
                ActiveWorkbook.ChangeLink links(i), ThisWorkbook.FullName, XL_EXCEL_LINKS
                repaired = repaired + 1
            End If
        Next i
    End If
    MsgBox Replace(ArcText("links_repaired"), "{count}", CStr(repaired)), vbInformation, "arcredit"
    Exit Sub
failed:
    MsgBox ArcText("links_not_repaired") & vbLf & vbLf & Err.Description, vbExclamation, "arcredit"
End Sub

Private Function ArcIsOurs(link As String) As Boolean
    Dim name As String
    name = LCase$(Mid$(link, InStrRev(Replace(link, "/", "\"), "\") + 1))
    ArcIsOurs = (name = LCase$(ThisWorkbook.Name)) And LCase$(link) <> LCase$(ThisWorkbook.FullName)
End Function
