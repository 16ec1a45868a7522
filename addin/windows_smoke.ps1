# What only Windows with Excel can show, in one run of about five minutes. See README.md beside this file.
#
#   powershell -ExecutionPolicy Bypass -File addin\windows_smoke.ps1 [-From path\to\arcredit.whl] [-Keep]
#
# Needs Windows PowerShell 5.1, Excel 2016 or newer (closed), and `arcredit` on the path. It installs the add-in,
# lets Excel compute, compares, and takes the add-in away again unless -Keep is given. Exit code 0: all passed.
param([string]$From = "", [switch]$Keep)
$ErrorActionPreference = "Stop"
$script:failed = 0

function Check([string]$what, $found, $expected) {
    if ("$found" -eq "$expected") { Write-Host "PASS  $what" }
    else { $script:failed++; Write-Host "FAIL  $what : found '$found', expected '$expected'" -ForegroundColor Red }
}

if (Get-Process excel -ErrorAction SilentlyContinue) { throw "Close Excel first." }

Write-Host "`n-- Install"
if ($From) { arcredit addin install --from $From } else { arcredit addin install }
Check "install" $LASTEXITCODE 0
arcredit addin doctor
Check "doctor finds nothing" $LASTEXITCODE 0
$addin = Join-Path $env:APPDATA "Microsoft\Excel\XLSTART\arcredit.xlam"
Check "no mark of the web" ([bool](Get-Item $addin -Stream Zone.Identifier -ErrorAction SilentlyContinue)) $false

Write-Host "`n-- Start Excel as a user does (an Excel started by automation ignores XLSTART)"
Start-Process excel.exe "/e"
$excel = $null
for ($i = 0; $i -lt 60 -and -not $excel; $i++) {
    Start-Sleep 1
    try { $excel = [Runtime.InteropServices.Marshal]::GetActiveObject("Excel.Application") } catch { }
}
if (-not $excel) { throw "Excel did not answer." }
$excel.DisplayAlerts = $false
$book = $excel.Workbooks.Add()
$sheet = $book.Worksheets.Item(1)
Check "the add-in is open, without repair" ($excel.Workbooks.Item("arcredit.xlam").FullName) $addin

function Cell([string]$address, [string]$formula) {
    $sheet.Range($address).Formula = $formula
    return $sheet.Range($address).Text
}

Write-Host "`n-- One function of each family, and the first call's time"
$watch = [Diagnostics.Stopwatch]::StartNew()
Check "AR_DSO" (Cell "A1" '=ROUND(AR_DSO(1200000,10000000,365),6)') "43.8"
Write-Host ("      Python started and answered in {0:n1} s" -f $watch.Elapsed.TotalSeconds)
Check "CREDIT_GRADE" (Cell "A2" '=CREDIT_GRADE(79.08)') "3"
Check "TCI_INDEMNITY" (Cell "A3" '=TCI_INDEMNITY(100000,150000,0.9,5000)') "85000"
Check "a left out argument" (Cell "A4" '=AR_BUCKET(45)') "31-60"
Check "a list as text" (Cell "A5" '=AR_BUCKET(45,"15;30;45")') "31-45"

Write-Host "`n-- Errors are errors"
Check "no base" (Cell "B1" '=AR_DSO(100,0,365)') "#DIV/0!"
Check "IFERROR" (Cell "B2" '=IFERROR(AR_DSO(100,0,365),"caught")') "caught"
Check "unknown limit" (Cell "B3" '=ISNA(CREDIT_AVAILABLE(Z99,5))') "$($excel.Evaluate('TRUE'))".ToUpper()
Check "outside the domain" (Cell "B4" '=TCI_INDEMNITY(100,100,90)') "#NUM!"
Check "wrong type" (Cell "B5" '=AR_DSO("many",1000,365)') "#VALUE!"
Check "an error passes through" (Cell "B6" '=AR_DSO(NA(),1000,365)') "#N/A"

Write-Host "`n-- Dates, in both date systems"
$sheet.Range("C1").Formula = "=DATE(2025,1,15)"
Check "a date in, a date out" (Cell "C2" '=TEXT(AR_DUE_DATE(C1,"net 30"),"yyyymmdd")') "20250214"
$other = $excel.Workbooks.Add()
$other.Date1904 = $true
$there = $other.Worksheets.Item(1)
$there.Range("A1").Formula = "=DATE(2025,1,15)"
$there.Range("A2").Formula = '=AR_DUE_DATE(A1,"net 30")-A1'
Check "1904" $there.Range("A2").Value2 30
$other.Close($false)
$book.Activate()

Write-Host "`n-- Columns and tables"
$sheet.Range("E1:E3").Value2 = 100
$sheet.Range("E2").Value2 = "x"
$sheet.Range("F1:F3").FormulaArray = "=AR_DSO(E1:E3,1000,365)"
Check "a column" (($sheet.Range("F1").Text, $sheet.Range("F2").Text, $sheet.Range("F3").Text) -join " ") "36.5 #VALUE! 36.5"
Check "a whole column" (Cell "G1" '=AR_HHI(C:C)') "1"
Check "two areas are refused" (Cell "G2" '=AR_HHI((E1,E3))') "#VALUE!"
try {
    $sheet.Range("I1").Formula2 = '=AR_HELP("AR_DSO")'
    Check "a table spills" $sheet.Range("I1").SpillingToRange.Columns.Count 4
} catch { Write-Host "SKIP  spilling: this Excel has none; AR_HELP needs Ctrl+Shift+Enter" }

Write-Host "`n-- Speed"
$sheet.Range("M1:M1000").Formula = "=AR_DSO(ROW(),1000,365)"
$watch.Restart(); $sheet.Range("M1:M1000").Dirty(); $excel.Calculate()
Write-Host ("      1,000 cells again (remembered): {0:n0} ms" -f $watch.Elapsed.TotalMilliseconds)
$sheet.Range("M1:M1000").Formula = "=AR_DSO(ROW()+5000,1000,365)"
$sheet.Range("N1:N100000").Formula = "=ROW()"
$watch.Restart(); $sheet.Range("O1:O100000").FormulaArray = "=AR_DSO(N1:N100000,1000,365)"
Write-Host ("      a column of 100,000 in one call: {0:n0} ms" -f $watch.Elapsed.TotalMilliseconds)

Write-Host "`n-- Python ended from outside: the next call starts it again"
$home_ = Join-Path $env:LOCALAPPDATA "arcredit\venv"
Get-Process pythonw, python -ErrorAction SilentlyContinue | Where-Object { $_.Path -like "$home_*" } | Stop-Process -Force
Check "after a restart" (Cell "A7" '=ROUND(AR_DSO(1300000,10000000,365),6)') "47.45"

Write-Host "`n-- Now by eye (README.md, the second half of the list), then press Enter here"
$excel.DisplayAlerts = $true
$excel.Visible = $true
Read-Host | Out-Null

$excel.DisplayAlerts = $false
foreach ($open in @($excel.Workbooks)) { if ($open.Name -ne "arcredit.xlam") { $open.Close($false) } }
$excel.Quit()
[Runtime.InteropServices.Marshal]::ReleaseComObject($excel) | Out-Null
[GC]::Collect()
Start-Sleep 5

if (-not $Keep) {
    Write-Host "`n-- Uninstall"
    arcredit addin uninstall
    Check "uninstall" $LASTEXITCODE 0
    Check "the add-in is gone" (Test-Path $addin) $false
    Check "its Python is gone" (Test-Path (Split-Path $home_)) $false
}
Write-Host "`n$script:failed failed"
exit $script:failed
