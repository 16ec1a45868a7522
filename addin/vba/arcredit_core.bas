Attribute VB_Name = "arcredit_core"
Option Explicit
Option Private Module
' From a cell to Python and back. The generated wrappers in arcredit_udfs call ArcCall and nothing else.
'
' Only values cross over to Python, never Range objects: reading those from another process costs a call back
' into Excel each. Numbers, dates and labels are taken with .Value2, which is exact and fast (dates as serial
' numbers, read there with the workbook's date system). Small tables of their own kind, such as a policy, mix
' texts and dates, and only .Value tells the two apart.

Private Const PYTHON_MODULE As String = "arcredit.hosts.excel.udfs"
Private Const MEMO_SIZE As Long = 5000
Private Const LONGEST_KEY As Long = 500
Private Const NOT_RUNNING As Long = 2029
Private Const WRONG_VALUE As Long = 2015

' An Object: LibreOffice makes a variable declared as Collection anew in every call.
Private m_places As Object
Private m_given(1 To MEMO_SIZE) As Variant
Private m_found(1 To MEMO_SIZE) As Variant

' kinds: a letter per argument, "v" for .Value2 and "t" for a table of its own, taken with .Value.
Public Function ArcCall(functionName As String, kinds As String, args As Variant) As Variant
    Dim given As Variant
    Dim found As Variant
    Dim key As String
    On Error GoTo failed
    given = ArcGiven(kinds, args)
    key = ArcKey(functionName, given)
    If Len(key) > 0 Then
        If ArcRemembered(key, given, found) Then
            ArcCall = found
            Exit Function
        End If
    End If
    If Not ArcAsked(functionName, given, found) Then
        ' The Python process may have been ended; one new start is tried, then the cell says so.
        ArcForgetPython
        If Not ArcAsked(functionName, given, found) Then
            ArcCall = CVErr(NOT_RUNNING)
            Exit Function
        End If
    End If
    found = ArcDecoded(found)
    If Len(key) > 0 Then ArcRemember key, given, found
    ArcCall = found
    Exit Function
failed:
    ArcCall = CVErr(WRONG_VALUE)
End Function

Private Function ArcAsked(functionName As String, given As Variant, ByRef found As Variant) As Boolean
    Dim python As Object
    On Error GoTo failed
    Set python = ArcPython()
    found = python.CallUDF(PYTHON_MODULE, functionName, given)
    ArcAsked = True
    Exit Function
failed:
    ArcAsked = False
End Function

' --- Arguments ---------------------------------------------------------------------------------------------

Private Function ArcGiven(kinds As String, args As Variant) As Variant
    Dim given() As Variant
    Dim i As Long
    Dim bottom As Long
    bottom = ArcBottom(args)
    ReDim given(0 To UBound(args) + 1)
    given(0) = ArcDate1904()
    For i = 0 To UBound(args)
        given(i + 1) = ArcValue(Mid$(kinds, i + 1, 1), bottom, args(i))
    Next i
    ArcGiven = given
End Function

' arg is optional, for LibreOffice passes an argument that was left out to such a parameter only.
Private Function ArcValue(kind As String, bottom As Long, Optional arg As Variant) As Variant
    Dim cells As Object
    ' Said aloud for LibreOffice, where it would be 0.
    ArcValue = Empty
    If Not IsObject(arg) Then
        If Not IsMissing(arg) Then ArcValue = arg
        Exit Function
    End If
    Set cells = arg
    ' .Value of several areas gives the first one only, and nobody would notice.
    If cells.Areas.Count > 1 Then Err.Raise 5
    If cells.Rows.Count = cells.Worksheet.Rows.Count Then Set cells = cells.Resize(bottom)
    If kind = "t" Then
        ArcValue = cells.Value
    Else
        ArcValue = ArcNumbers(cells)
    End If
End Function

' LibreOffice 7.4 has no .Value2, and its .Value gives serial numbers too.
Private Function ArcNumbers(cells As Object) As Variant
    On Error GoTo without
    ArcNumbers = cells.Value2
    Exit Function
without:
    ArcNumbers = cells.Value
End Function

' Whole columns (A:A) end at the last used row of the sheets they are on, all at the same one.
Private Function ArcBottom(args As Variant) As Long
    Dim i As Long
    Dim last As Long
    Dim used As Object
    ArcBottom = 1
    For i = 0 To UBound(args)
        If IsObject(args(i)) Then
            If args(i).Rows.Count = args(i).Worksheet.Rows.Count Then
                Set used = args(i).Worksheet.UsedRange
                last = used.Row + used.Rows.Count - 1
                If last > ArcBottom Then ArcBottom = last
            End If
        End If
    Next i
End Function

' Whether the workbook of the calling cell counts days from 1904.
Private Function ArcDate1904() As Boolean
    On Error Resume Next
    ArcDate1904 = Application.Caller.Worksheet.Parent.Date1904
End Function

' --- Results -----------------------------------------------------------------------------------------------

' ESC marks what is no value: see arcredit/hosts/excel/udfs.py.
Private Function ArcDecoded(found As Variant) As Variant
    Dim columns As Long
    If Not IsArray(found) Then
        ArcDecoded = ArcDecodedCell(found)
        Exit Function
    End If
    columns = ArcColumns(found)
    ' One row comes as an array of one dimension, and never with errors in it.
    If columns = 0 Then
        ArcDecoded = found
    ElseIf ArcIsMarked(found(LBound(found, 1), LBound(found, 2))) Then
        ArcDecoded = ArcWithErrors(found, columns)
    Else
        ArcDecoded = found
    End If
End Function

Private Function ArcWithErrors(found As Variant, columns As Long) As Variant
    Dim cells() As Variant
    Dim marked As Long
    Dim first As Long
    Dim i As Long
    Dim j As Long
    marked = LBound(found, 1)
    first = LBound(found, 2)
    ReDim cells(1 To UBound(found, 1) - marked, 1 To columns)
    For i = 1 To UBound(cells, 1)
        For j = 1 To columns
            cells(i, j) = ArcDecodedCell(found(marked + i, first + j - 1))
        Next j
    Next i
    ArcWithErrors = cells
End Function

Private Function ArcDecodedCell(cell As Variant) As Variant
    If ArcIsMarked(cell) Then
        ArcDecodedCell = CVErr(CLng(Mid$(cell, 2)))
    Else
        ArcDecodedCell = cell
    End If
End Function

Private Function ArcIsMarked(cell As Variant) As Boolean
    If VarType(cell) = vbString Then ArcIsMarked = (Left$(cell, 1) = Chr$(27))
End Function

Private Function ArcColumns(found As Variant) As Long
    On Error Resume Next
    ArcColumns = UBound(found, 2) - LBound(found, 2) + 1
End Function

' --- Memory ------------------------------------------------------------------------------------------------
' A figure depends on its arguments alone, so a call of single cells with the same arguments need not be made
' again, in this recalculation or a later one. What is remembered is dropped when it has grown too much, and
' with the Python process. Texts make the key; the values themselves are compared before a result is used.

Private Function ArcKey(functionName As String, given As Variant) As String
    Dim i As Long
    Dim key As String
    key = functionName
    For i = 0 To UBound(given)
        Select Case VarType(given(i))
            Case vbEmpty
                key = key & "|"
            Case vbDouble, vbString, vbBoolean
                key = key & "|" & VarType(given(i)) & ":" & CStr(given(i))
            Case Else
                Exit Function
        End Select
    Next i
    If Len(key) <= LONGEST_KEY Then ArcKey = key
End Function

Private Function ArcRemembered(key As String, given As Variant, ByRef found As Variant) As Boolean
    Dim known As Variant
    Dim place As Long
    Dim i As Long
    On Error GoTo unknown
    If m_places Is Nothing Then Exit Function
    place = m_places.Item(key)
    known = m_given(place)
    ' Keys of a Collection ignore case, and numbers are cut to 15 digits in a text.
    For i = 0 To UBound(given)
        If VarType(known(i)) <> VarType(given(i)) Then Exit Function
        If VarType(given(i)) = vbString Then
            If StrComp(known(i), given(i), vbBinaryCompare) <> 0 Then Exit Function
        ElseIf VarType(given(i)) <> vbEmpty Then
            If known(i) <> given(i) Then Exit Function
        End If
    Next i
    found = m_found(place)
    ArcRemembered = True
unknown:
End Function

Private Sub ArcRemember(key As String, given As Variant, found As Variant)
    Dim place As Long
    If IsArray(found) Then Exit Sub
    On Error GoTo known
    If m_places Is Nothing Then Set m_places = New Collection
    If m_places.Count >= MEMO_SIZE Then Set m_places = New Collection
    place = m_places.Count + 1
    m_given(place) = given
    m_found(place) = found
    m_places.Add place, key
known:
End Sub

Public Sub ArcForgetResults()
    Set m_places = Nothing
End Sub
