"""THE LIST: every worksheet function, a line each.

To add one, write the pure function in `arcredit.credit` and its line here. Names, arguments, defaults and
help come from the function itself; a line only says what a spreadsheet needs beyond that:

- ``undefined``: the cell error of an undefined figure, ``#N/A`` unless said;
- ``unknown``: required arguments whose blank means *unknown* (``#N/A``), not *no row here* (a blank).
"""

from arcredit.credit.customer import check, exposure, limit, policy, rating, scorecard
from arcredit.credit.insurance import claim, cover, deadlines, dossier, indemnity, premium, recovery, value
from arcredit.credit.receivables import (
    aging,
    balance,
    borrowing,
    concentration,
    conventions,
    dso,
    dunning,
    interest,
    liquidity,
    payment,
    plan,
    provision,
    terms,
    trend,
    warning,
)
from arcredit.hosts.excel.adapter import WorksheetFunction
from arcredit.hosts.excel.help import help_function

worksheet = WorksheetFunction

# CREDIT_: the customer, before the trade.
CREDIT_Z_SCORE = worksheet(rating.credit_z_score)
CREDIT_Z_ZONE = worksheet(rating.credit_z_zone)
CREDIT_PAY_INDEX = worksheet(payment.credit_pay_index)
CREDIT_SCORE = worksheet(scorecard.credit_score)
CREDIT_GRADE = worksheet(rating.credit_grade)
CREDIT_GRADE_CAP = worksheet(scorecard.credit_grade_cap)
CREDIT_SCORECARD = worksheet(scorecard.credit_scorecard)
CREDIT_PD = worksheet(rating.credit_pd)
CREDIT_LIMIT = worksheet(limit.credit_limit)
CREDIT_LIMIT_BASIS = worksheet(limit.credit_limit_basis)
CREDIT_LIMIT_STEPS = worksheet(limit.credit_limit_steps)
CREDIT_TERMS = worksheet(policy.credit_terms)
CREDIT_PREPAYMENT = worksheet(exposure.credit_prepayment)
CREDIT_EXPOSURE = worksheet(exposure.credit_exposure)
CREDIT_AVAILABLE = worksheet(exposure.credit_available, unknown=("credit_limit",))
CREDIT_UTILISATION = worksheet(exposure.credit_utilisation, undefined="#DIV/0!", unknown=("credit_limit",))
CREDIT_CHECK = worksheet(check.credit_check, unknown=("credit_limit",))
CREDIT_CHECK_REASON = worksheet(check.credit_check_reason, unknown=("credit_limit",))

# AR_: the ledger, while the trade runs.
AR_DUE_DATE = worksheet(terms.ar_due_date)
AR_DAYS_PAST_DUE = worksheet(terms.ar_days_past_due)
AR_BUCKET = worksheet(conventions.ar_bucket)
AR_AGING = worksheet(aging.ar_aging)
AR_AGED = worksheet(aging.ar_aged)
AR_OPEN_ITEMS = worksheet(balance.ar_open_items)
AR_TIE_OUT = worksheet(balance.ar_tie_out)
AR_CONVENTION_DIFF = worksheet(conventions.ar_convention_diff)
AR_DSO = worksheet(dso.ar_dso, undefined="#DIV/0!")
AR_DSO_COUNTBACK = worksheet(dso.ar_dso_countback)
AR_DSO_WEIGHTED = worksheet(dso.ar_dso_weighted, undefined="#DIV/0!")
AR_DSO_BEST = worksheet(dso.ar_dso_best, undefined="#DIV/0!")
AR_DAYS_DELINQUENT = worksheet(dso.ar_days_delinquent, undefined="#DIV/0!")
AR_CEI = worksheet(dso.ar_cei)
AR_TURNOVER = worksheet(dso.ar_turnover, undefined="#DIV/0!")
AR_DAYS_TO_PAY = worksheet(payment.ar_days_to_pay, undefined="#DIV/0!")
AR_DAYS_BEYOND_TERMS = worksheet(payment.ar_days_beyond_terms, undefined="#DIV/0!")
AR_LATE_RISE = worksheet(trend.ar_late_rise)
AR_DELAY_TREND = worksheet(trend.ar_delay_trend)
AR_WARNINGS = worksheet(warning.ar_warnings)
AR_CONCENTRATION = worksheet(concentration.ar_concentration)
AR_HHI = worksheet(concentration.ar_hhi, undefined="#DIV/0!")
AR_INTEREST = worksheet(interest.ar_interest)
AR_LATE_INTEREST = worksheet(interest.ar_late_interest)
AR_LATE_FEE = worksheet(interest.ar_late_fee)
AR_PAYMENT_PLAN = worksheet(plan.ar_payment_plan)
AR_DUNNING_LEVEL = worksheet(dunning.ar_dunning_level)
AR_LOSS_RATES = worksheet(provision.ar_loss_rates)
AR_ECL = worksheet(provision.ar_ecl)
AR_BORROWING_BASE = worksheet(borrowing.ar_borrowing_base)
AR_CASH_RATIO = worksheet(liquidity.ar_cash_ratio, undefined="#DIV/0!")

# TCI_: the trade credit insurance, when the trade goes wrong.
TCI_INDEMNITY = worksheet(indemnity.tci_indemnity, unknown=("limit",))
TCI_INDEMNITY_STEPS = worksheet(indemnity.tci_indemnity_steps)
TCI_CLAIM = worksheet(claim.tci_claim)
TCI_COVER = worksheet(cover.tci_cover)
TCI_STOP_DATE = worksheet(deadlines.tci_stop_date)
TCI_NOTIFY_BY = worksheet(deadlines.tci_notify_by)
TCI_LOSS_DATE = worksheet(deadlines.tci_loss_date)
TCI_FILE_BY = worksheet(deadlines.tci_file_by)
TCI_DEADLINES = worksheet(deadlines.tci_deadlines)
TCI_RECOVERY = worksheet(recovery.tci_recovery, undefined="#DIV/0!")
TCI_PREMIUM = worksheet(premium.tci_premium)
TCI_TOP_UP_COST = worksheet(premium.tci_top_up_cost)
TCI_EXPECTED_LOSS = worksheet(value.tci_expected_loss)
TCI_BREAK_EVEN = worksheet(value.tci_break_even, undefined="#DIV/0!")
TCI_SALES_TO_RECOVER = worksheet(value.tci_sales_to_recover, undefined="#DIV/0!")
TCI_NEED = worksheet(value.tci_need)
TCI_DOSSIER = worksheet(dossier.tci_dossier)
TCI_INSURER_SCORE = worksheet(value.tci_insurer_score, undefined="#DIV/0!")

FUNCTIONS = {name: entry for name, entry in globals().items() if isinstance(entry, WorksheetFunction)}
"""The list by name, in its order."""

# Help: of this list, so it cannot be a pure function of the credit floor.
AR_HELP = FUNCTIONS["AR_HELP"] = worksheet(help_function(FUNCTIONS))
