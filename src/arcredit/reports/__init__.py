"""What a report sheet looks like: data to tables, charts and words, in English and Chinese.

`REPORTS` lists them by owner: the short name a sheet keeps however the user renames it.
"""

from arcredit.reports.aging import aging_sheet
from arcredit.reports.borrowing import borrowing_sheet
from arcredit.reports.changes import changes_sheet
from arcredit.reports.claim import claim_sheet
from arcredit.reports.claim_letter import claim_letter_sheet
from arcredit.reports.collections import collections_sheet
from arcredit.reports.cover import cover_sheet
from arcredit.reports.credit_file import credit_file_sheet
from arcredit.reports.dashboard import dashboard_sheet
from arcredit.reports.deadlines import deadlines_sheet
from arcredit.reports.disputes import disputes_sheet
from arcredit.reports.dso import dso_sheet
from arcredit.reports.findings import findings_sheet
from arcredit.reports.inputs import Inputs
from arcredit.reports.insurance_advice import insurance_advice_sheet
from arcredit.reports.limits import limits_sheet
from arcredit.reports.making import Report
from arcredit.reports.order_check import order_check_sheet
from arcredit.reports.payment_plan import payment_plan_sheet
from arcredit.reports.provision import provision_sheet
from arcredit.reports.sheet import Sheet
from arcredit.reports.statement import statement_sheet
from arcredit.reports.tie_out import tie_out_sheet
from arcredit.reports.warnings import warnings_sheet

REPORTS: dict[str, Report] = {
    "dashboard": Report(dashboard_sheet),
    "aging": Report(aging_sheet),
    "dso": Report(dso_sheet),
    "credit_file": Report(credit_file_sheet),
    "limits": Report(limits_sheet),
    "order_check": Report(order_check_sheet, ("orders",)),
    "warnings": Report(warnings_sheet),
    "collections": Report(collections_sheet),
    "statement": Report(statement_sheet),
    "disputes": Report(disputes_sheet),
    "insurance_advice": Report(insurance_advice_sheet),
    "cover": Report(cover_sheet, ("insurance",)),
    "deadlines": Report(deadlines_sheet, ("insurance", "column.due_date")),
    "claim": Report(claim_sheet, ("insurance", "column.due_date")),
    "claim_letter": Report(claim_letter_sheet, ("insurance", "column.due_date")),
    "payment_plan": Report(payment_plan_sheet, ("plans|column.due_date",)),
    "provision": Report(provision_sheet, ("column.due_date",)),
    "borrowing": Report(borrowing_sheet, ("column.invoice_date",)),
    "tie_out": Report(tie_out_sheet),
    "changes": Report(changes_sheet),
    "findings": Report(findings_sheet),
}
"""In the order of their tabs. The findings tell which of the others could not be made, and why."""

USUAL = ("aging", "dso", "findings")
"""The reports of a refresh that does not say which."""

__all__ = ["REPORTS", "USUAL", "Inputs", "Report", "Sheet"]
