"""The figures again by a second method: spreadsheet formulas, written from the definitions.

One line per example: the function, its arguments, the formula, and for a table which cell of it is meant.
In a formula an argument's name stands for the cells that hold it; everything else is Excel's, entered as an
array formula. To check one more figure, add a line.
"""

import datetime as dt
from typing import Any, NamedTuple


class Example(NamedTuple):
    """A figure and the formula that must give it; for a table, the column and the row that are meant.

    `row` is a position, or a column and the label that the row has there.
    """

    function: str
    arguments: dict[str, Any]
    formula: str
    column: str = ""
    row: int | tuple[str, str] = -1


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days(*texts: str) -> list[dt.date]:
    return [day(text) for text in texts]


DUE = days(
    "2026-07-01",
    "2026-06-30",
    "2026-06-29",
    "2026-05-31",
    "2026-05-30",
    "2026-04-01",
    "2026-02-28",
    "2026-02-10",
)
OPEN = [1200.1, 310.2, 4400.05, 512.33, 78.9, 6000.07, 999.99, 15.01]
AS_OF = day("2026-06-30")
AGED = {"due_date": DUE, "open_amount": OPEN, "as_of": AS_OF}
LABEL = (
    'IF(days_past_due<=0,"current",IF(days_past_due<=30,"1-30",IF(days_past_due<=60,"31-60",'
    'IF(days_past_due<=90,"61-90",IF(days_past_due<=120,"91-120",">120")))))'
)

PAID = {
    "amount": [8200.0, 450.5, 19999.99, 3100.0, 760.25],
    "invoice_date": days("2025-11-03", "2025-11-20", "2025-12-01", "2026-01-15", "2026-02-02"),
    "due_date": days("2025-12-03", "2025-12-20", "2026-01-30", "2026-02-14", "2026-03-04"),
    "paid_date": days("2025-12-01", "2026-01-14", "2026-03-02", "2026-02-14", "2026-04-20"),
}
TO_PAY = {name: PAID[name] for name in ("amount", "invoice_date", "paid_date")}
BEYOND = {name: PAID[name] for name in ("amount", "due_date", "paid_date")}

# Newest month first; what the months before have used up is a product with ones below the diagonal.
USED = "MMULT(--(ROW(monthly_sales)>TRANSPOSE(ROW(monthly_sales))),monthly_sales)"
PART = f"(receivables-{USED})/monthly_sales"
COUNTBACK = f"SUM(month_days*IF({PART}>1,1,IF({PART}<0,0,{PART})))"

LEDGER = {
    "customer": ["A", "B", "A", "C", "A", "B", "C", "A"],
    "due_date": DUE,
    "open_amount": [1200.1, 310.2, 4400.05, -512.33, 78.9, 6000.07, 999.99, -15.01],
    "as_of": AS_OF,
}
RECEIVED = {
    "document": ["1", "1", "1", "2", "1"],
    "event_date": days("2025-03-01", "2025-04-20", "2025-05-10", "2025-04-02", "2025-06-12"),
    "amount": [10_000, -4_000, -500.25, 700, -5_499.75],
    "as_of": day("2025-05-10"),
}

TERMS = (
    ("net 45", "2025-12-17", "invoice_date+45"),
    ("30 eom", "2024-01-31", "EOMONTH(invoice_date+30,0)"),
    ("eom 30", "2024-01-31", "EOMONTH(invoice_date,0)+30"),
    ("1m", "2024-01-31", "EDATE(invoice_date,1)"),
    ("10 next", "2025-12-31", "EOMONTH(invoice_date,0)+10"),
    ("月结60", "2025-02-11", "EOMONTH(invoice_date,0)+60"),
)

POOLED = "(baseline_late+recent_late)/(baseline_count+recent_count)"
Z_TEST = (
    "1-NORM.S.DIST((recent_late/recent_count-baseline_late/baseline_count)"
    f"/SQRT({POOLED}*(1-{POOLED})*(1/baseline_count+1/recent_count)),TRUE)"
)
FISHER = (
    "1-HYPGEOM.DIST(recent_late-1,recent_count,baseline_late+recent_late,baseline_count+recent_count,TRUE)"
)

BALANCES = [
    [980, 310, 133, 71, 44],
    [1044, 302, 141, 80, 52],
    [1101, 333, 128, 69, 61],
    [1075, 346, 149, 77, 50],
]


def roll(bucket: int) -> str:
    """Pooled roll rate out of a bucket: next month's next bucket over this month's bucket."""
    later = f"SUM(INDEX(balances,2,{bucket + 1}):INDEX(balances,4,{bucket + 1}))"
    return f"{later}/SUM(INDEX(balances,1,{bucket}):INDEX(balances,3,{bucket}))"


CALM = [4, 6, 5, 3, 5, 7, 4, 6]
"""Days beyond terms of eight ordinary months."""


def ewma(month: int) -> str:
    """Whether the moving average of that month after the baseline is above its limit, written out."""
    mean = "AVERAGE(INDEX(monthly_days,1):INDEX(monthly_days,8))"
    spread = "STDEV(INDEX(monthly_days,1):INDEX(monthly_days,8))"
    weights = (f"0.2*0.8^{month - past}*INDEX(monthly_days,{8 + past})" for past in range(1, month + 1))
    average = "+".join([f"0.8^{month}*{mean}", *weights])
    return f"({average}>{mean}+2.7*{spread}*SQRT(0.2/1.8*(1-0.8^{2 * month})))"


PLAN = {"debt": 87_654.32, "first_date": day("2025-08-31"), "instalments": 7}
ANNUITY = PLAN | {"annual_rate": 0.095, "method": "annuity"}
LATE = {"amount": 12_345.67, "due_date": day("2025-04-16"), "paid_date": day("2026-02-03")}
EU_RATES = [[day("2025-01-01"), 0.0315], [day("2025-07-01"), 0.0215], [day("2026-01-01"), 0.0215]]
UK_RATES = [[day("2024-12-31"), 0.0475], [day("2025-06-30"), 0.0425], [day("2025-12-31"), 0.0375]]

FIRM = {
    "total_assets": 48_200,
    "working_capital": 5_310,
    "retained_earnings": 7_905,
    "ebit": 2_940,
    "equity": 16_050,
    "total_liabilities": 32_150,
}
Z2 = (
    "6.56*working_capital/total_assets+3.26*retained_earnings/total_assets"
    "+6.72*ebit/total_assets+1.05*equity/total_liabilities"
)
Z1 = (
    "0.717*working_capital/total_assets+0.847*retained_earnings/total_assets"
    "+3.107*ebit/total_assets+0.42*equity/total_liabilities+0.998*sales/total_assets"
)
NEED = {"annual_purchases": 734_500, "terms_days": 40, "grade": 4, "usual_delay_days": 9}
NEEDED = "annual_purchases*1.1/365*(terms_days+usual_delay_days)"
LOSS = {"loss": 148_300.45, "limit": 120_000, "insured_percentage": 0.85}
RECOVERED = {"recovered": 31_400, "costs": 2_750.5, "indemnity_paid": 72_000, "total_debt": 118_000}
COVERED = {
    "customer": ["A", "B", "A"],
    "open_amount": [50_000.5, 20_000, 31_000],
    "limits": [["customer", "limit"], ["A", 66_000.55], ["B", 30_000]],
    "policy": [["insured_percentage", 0.85]],
}
DUTIES = {
    "customer": ["A"],
    "invoice": ["7"],
    "due_date": days("2026-04-30"),
    "open_amount": [8_800.5],
    "as_of": AS_OF,
    "policy": [["maximum_extension_days", 75], ["notice_days", 20], ["waiting_days", 150]],
    "horizon_days": 180,
}
CLAIMED = {
    "invoice": ["1", "2", "3"],
    "ship_date": days("2025-01-06", "2025-01-27", "2025-02-10"),
    "due_date": days("2025-03-07", "2025-03-28", "2025-04-11"),
    "amount": [40_000.4, 45_000, 61_000],
    "paid": [5_000, None, None],
    "disputed": None,
    "limits": 120_000,
    "policy": [["insured_percentage", 0.85], ["deductible", 2_500]],
}
POOL = {
    "customer": ["A", "B", "A", "C", "D", "E"],
    "open_amount": [41_000.25, 30_500, 12_250.5, 28_000, 33_000.75, 29_999.99],
    "days_from_invoice": [12, 90, 91, 60, 45, 88],
    "disputed": [None, 2_500, None, None, 1_000.4, None],
    "policy": [["concentration_share", 1], ["cross_age_share", 1], ["advance_rate", 0.75]],
}
OWED = [410_000, 96_500.5, 250_000.25, -12_000, 33_000, 5_100]

AR = [
    Example("ar_days_past_due", {"due_date": day("2024-02-29"), "as_of": AS_OF}, "as_of-due_date"),
    *(
        Example("ar_bucket", {"days_past_due": count}, LABEL)
        for count in (-1, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121)
    ),
    Example("ar_aged", {"bucket": "current", **AGED}, "SUMPRODUCT((due_date>=as_of)*open_amount)"),
    Example(
        "ar_aged",
        {"bucket": "1-30", **AGED},
        "SUMPRODUCT((as_of-due_date>=1)*(as_of-due_date<=30)*open_amount)",
    ),
    Example(
        "ar_aged",
        {"bucket": "61-90", **AGED},
        'SUMIFS(open_amount,due_date,"<="&as_of-61,due_date,">="&as_of-90)',
    ),
    Example("ar_aged", {"bucket": ">120", **AGED}, 'SUMIFS(open_amount,due_date,"<"&as_of-120)'),
    Example(
        "ar_aging",
        LEDGER,
        'SUMIFS(open_amount,customer,"A",due_date,">="&as_of,open_amount,">0")',
        "current",
        0,
    ),
    Example("ar_aging", LEDGER, 'SUMIFS(open_amount,due_date,"<="&as_of-61,due_date,">="&as_of-90)', "61-90"),
    Example("ar_aging", LEDGER, 'SUMIF(open_amount,"<0")', "unapplied"),
    Example("ar_aging", LEDGER, 'SUMIF(customer,"C",open_amount)', "total", 2),
    Example(
        "ar_aging",
        LEDGER,
        'SUMPRODUCT((customer="A")*(due_date<as_of)*(open_amount>0)*open_amount)'
        '/SUMIFS(open_amount,customer,"A",open_amount,">0")',
        "share_overdue",
        0,
    ),
    Example("ar_aging", LEDGER, 'MAX(IF((customer="B")*(open_amount>0),as_of-due_date))', "oldest_days", 1),
    Example("ar_open_items", RECEIVED, 'SUMIFS(amount,document,"1",event_date,"<="&as_of)', "open_amount", 0),
    Example("ar_open_items", RECEIVED, 'SUMIF(event_date,"<="&as_of,amount)', "open_amount"),
    *(
        Example("ar_due_date", {"invoice_date": day(date), "terms": terms}, formula)
        for terms, date, formula in TERMS
    ),
    Example(
        "ar_tie_out", {"open_amount": OPEN, "control_balance": 13_500}, "SUM(open_amount)-control_balance"
    ),
    Example(
        "ar_dso",
        {"receivables": 1_163_250, "credit_sales": 3_048_900, "period_days": 92},
        "receivables/credit_sales*period_days",
    ),
    Example(
        "ar_dso_best",
        {"current_receivables": 871_400, "credit_sales": 3_048_900, "period_days": 92},
        "current_receivables/credit_sales*period_days",
    ),
    Example(
        "ar_days_delinquent",
        {"overdue_receivables": 291_850, "credit_sales": 3_048_900, "period_days": 92},
        "overdue_receivables/credit_sales*period_days",
    ),
    *(
        Example(
            "ar_dso_countback",
            {"receivables": owed, "monthly_sales": [910_000, 805_000, 777_000], "month_days": [31, 28, 31]},
            COUNTBACK,
        )
        for owed in (455_000, 910_000, 2_100_000)
    ),
    Example(
        "ar_dso_weighted",
        {
            "open_by_month": [810_000, 244_000, 91_000],
            "monthly_sales": [910_000, 805_000, 777_000],
            "month_days": [31, 28, 31],
        },
        "SUMPRODUCT(open_by_month/monthly_sales*month_days)",
    ),
    Example(
        "ar_cei",
        {"opening": 210_000, "credit_sales": 1_310_000, "closing": 188_000, "closing_current": 141_000},
        "(opening+credit_sales-closing)/(opening+credit_sales-closing_current)",
    ),
    Example(
        "ar_cei",
        {
            "opening": 210_000,
            "credit_sales": 1_310_000,
            "closing": 188_000,
            "closing_current": 141_000,
            "write_offs": 9_500,
        },
        "(opening+credit_sales-write_offs-closing)/(opening+credit_sales-write_offs-closing_current)",
    ),
    Example(
        "ar_turnover",
        {"credit_sales": 5_200_000, "opening": 610_000, "closing": 540_000},
        "credit_sales/AVERAGE(opening,closing)",
    ),
    Example("ar_days_to_pay", TO_PAY, "SUMPRODUCT(amount,paid_date-invoice_date)/SUM(amount)"),
    Example("ar_days_beyond_terms", BEYOND, "SUMPRODUCT(amount,paid_date-due_date)/SUM(amount)"),
    Example(
        "ar_days_beyond_terms",
        BEYOND | {"floored": True},
        "SUMPRODUCT(amount,(paid_date-due_date)*(paid_date>due_date))/SUM(amount)",
    ),
    Example(
        "ar_late_rise",
        {"baseline_late": 31, "baseline_count": 260, "recent_late": 17, "recent_count": 74},
        Z_TEST,
    ),
    Example(
        "ar_late_rise",
        {"baseline_late": 3, "baseline_count": 24, "recent_late": 6, "recent_count": 13},
        FISHER,
    ),
    Example(
        "ar_days_beyond_terms",
        BEYOND | {"paid_date": [*PAID["paid_date"][:2], None, *PAID["paid_date"][3:]], "as_of": AS_OF},
        'SUMPRODUCT(amount,IF(paid_date="",as_of,paid_date)-due_date)/SUM(amount)',
    ),
    *(
        Example(
            "ar_delay_trend",
            {"monthly_days": CALM + later, "baseline_months": 8},
            f"IF(OR({ewma(1)},{ewma(2)},{ewma(3)}),1,0)",
        )
        for later in ([7, 6, 7], [6, 7, 8], [9, 4, 4], [8, 8, 3])
    ),
    Example("ar_hhi", {"exposure": OWED}, 'SUMPRODUCT((IF(exposure>0,exposure,0)/SUMIF(exposure,">0"))^2)'),
    Example(
        "ar_concentration",
        {
            "customer": ["A", "B", "A", "C", "B", "D"],
            "exposure": [410_000, 96_500.5, 25_000.25, 12_000, 33_000, 5_100],
        },
        'SUMIF(customer,"A",exposure)/SUM(exposure)',
        "share",
        0,
    ),
    Example(
        "ar_interest",
        LATE | {"annual_rate": 0.0725, "basis": 360},
        "ROUND(amount*annual_rate*(paid_date-due_date)/basis,2)",
    ),
    Example(
        "ar_late_interest",
        LATE | {"scheme": "EU", "rates": EU_RATES},
        "ROUND(amount/365*((DATE(2025,6,30)-due_date)*(0.08+INDEX(rates,1,2))"
        "+184*(0.08+INDEX(rates,2,2))+(paid_date-DATE(2025,12,31))*(0.08+INDEX(rates,3,2))),2)",
    ),
    Example(
        "ar_late_interest",
        LATE | {"scheme": "UK", "rates": UK_RATES},
        "ROUND(amount*(0.08+INDEX(rates,1,2))*(paid_date-due_date)/365,2)",
    ),
    Example(
        "ar_late_interest",
        LATE | {"scheme": "CN", "rates": None},
        "ROUND(amount*0.0005*(paid_date-due_date),2)",
    ),
    *(
        Example(
            "ar_late_fee", {"amount": amount, "scheme": "UK"}, "LOOKUP(amount,{0,1000,10000},{40,70,100})"
        )
        for amount in (999.99, 1_000, 9_999.99, 10_000)
    ),
    Example("ar_payment_plan", PLAN, "ROUND(debt/instalments,2)", "payment", 0),
    Example("ar_payment_plan", PLAN, "debt-(instalments-1)*ROUND(debt/instalments,2)", "payment", 6),
    Example("ar_payment_plan", PLAN, "EDATE(first_date,6)", "date", 6),
    Example("ar_payment_plan", ANNUITY, "ROUND(-PMT(annual_rate/12,instalments,debt),2)", "payment", 0),
    Example("ar_payment_plan", ANNUITY, "ROUND(-IPMT(annual_rate/12,1,instalments,debt),2)", "interest", 0),
    Example("ar_payment_plan", ANNUITY, "ROUND(-IPMT(annual_rate/12,4,instalments,debt),2)", "interest", 3),
    *(
        Example(
            "ar_dunning_level",
            {"days_past_due": count},
            'COUNTIF(days_past_due,">=3")+(days_past_due>=15)+(days_past_due>=30)',
        )
        for count in (2, 3, 15, 29, 30)
    ),
    *(
        Example("ar_loss_rates", {"balances": BALANCES}, roll(bucket), "roll_rate", bucket - 1)
        for bucket in (1, 2, 3, 4)
    ),
    Example(
        "ar_loss_rates",
        {"balances": BALANCES, "loss_given_default": 0.65},
        "loss_given_default*" + "*".join(roll(bucket) for bucket in (1, 2, 3, 4)),
        "loss_rate",
        0,
    ),
    Example(
        "ar_loss_rates",
        {"balances": BALANCES, "mean": "simple"},
        "AVERAGE(INDEX(balances,2,2):INDEX(balances,4,2)/INDEX(balances,1,1):INDEX(balances,3,1))",
        "roll_rate",
        0,
    ),
    Example(
        "ar_ecl",
        {
            "balances": [601_234.5, 210_900, 77_777.77, 31_000, 9_999],
            "loss_rates": [0.004, 0.019, 0.05, 0.2, 1.0],
            "forward_looking": 1.12,
        },
        "ROUND(SUMPRODUCT(balances,IF(loss_rates*forward_looking>1,1,loss_rates*forward_looking)),2)",
    ),
    Example(
        "ar_ecl",
        {
            "balances": [601_234.5, 210_900, 77_777.77],
            "loss_rates": [0.004, 0.019, 0.05],
            "insured_share": 0.8,
            "insured_percentage": 0.9,
        },
        "ROUND(SUMPRODUCT(balances,loss_rates)*(1-insured_share*insured_percentage),2)",
    ),
    Example(
        "ar_borrowing_base",
        POOL,
        'ROUND((SUMIF(days_from_invoice,"<=90",open_amount)-SUM(disputed))*INDEX(policy,3,2),2)',
        "amount",
        ("line", "availability"),
    ),
    Example(
        "ar_borrowing_base",
        POOL,
        'SUMIF(days_from_invoice,">90",open_amount)*-1',
        "amount",
        ("line", "past_due"),
    ),
    Example(
        "ar_cash_ratio",
        {
            "cash": 310_000,
            "current_liabilities": 2_450_000,
            "expected_receipts": 640_000,
            "insured_percentage": 0.9,
            "default": True,
        },
        "(cash+expected_receipts*insured_percentage)/current_liabilities",
    ),
]

SCORED = {
    "current_ratio": 1.3,
    "equity_ratio": 0.22,
    "interest_cover": 2.6,
    "pay_index": 68,
    "years_in_business": 7,
    "legal_events": 0,
    "external_grade": 4,
}
FINANCIAL = (
    "AVERAGE(FORECAST(z_score,{35,70},{1.1,2.6}),FORECAST(current_ratio,{40,75},{1,1.5}),"
    "FORECAST(equity_ratio,{40,70},{0.15,0.3}),FORECAST(interest_cover,{50,80},{2,4}))"
)
BESIDE = "0.35*(pay_index-20)/60*100+0.1*70+0.1*100+0.1*(100-(external_grade-1)*100/9)"
BUDGET = {
    "insured_limit": 60_000,
    "insured_percentage": 0.9,
    "policy": [
        ["grade", "pd", "loss_given_default", "loss_budget", "headroom"],
        *([grade, 0.0075 * grade, 0.9, 250, 0.1] for grade in range(1, 11)),
    ],
}
# The loss the budget allows, were nothing insured; within the insured limit only the own share is lost.
ALLOWED = "INDEX(policy,5,4)/INDEX(policy,5,2)/INDEX(policy,5,3)"
OWN = f"{ALLOWED}/(1-insured_percentage)"
WITHIN_BUDGET = f"IF({OWN}<=insured_limit,{OWN},insured_limit*insured_percentage+{ALLOWED})"
ORDER = {"order_amount": 9_000, "credit_limit": 120_000}
CHECK = (
    'IF(oldest_days_past_due>15,"HOLD",IF(exposure+order_amount>credit_limit,"HOLD",'
    'IF(exposure+order_amount>0.85*credit_limit,"REVIEW","OK")))'
)

CREDIT = [
    Example("credit_score", {"z_score": 1.9, **SCORED}, f"0.35*{FINANCIAL}+{BESIDE}"),
    Example(
        "credit_score",
        {"pay_index": 68, "years_in_business": 7, "legal_events": 0, "external_grade": 4},
        f"({BESIDE})/0.65",
    ),
    *(
        Example("credit_check", ORDER | {"exposure": exposure, "oldest_days_past_due": late}, CHECK)
        for exposure, late in (
            (50_000, 15),
            (50_000, 16),
            (93_000, 0),
            (93_000.01, 0),
            (111_000, 0),
            (111_000.01, 0),
        )
    ),
    *(
        Example("credit_terms", {"grade": grade}, "LOOKUP(grade,{1,3,5,6,8,9},{90,60,45,30,14,0})")
        for grade in range(1, 11)
    ),
    Example(
        "credit_limit_steps",
        NEED | {"working_capital": 401_000},
        "ROUNDDOWN(0.22*working_capital,2)",
        "amount",
        ("method", "working capital"),
    ),
    Example(
        "credit_limit_basis",
        NEED | {"tangible_net_worth": 700_000, "buyer_sales": 3_500_000},
        f'IF({NEEDED}<=MIN(0.18*tangible_net_worth,0.03*buyer_sales),"need",'
        'IF(0.18*tangible_net_worth<=0.03*buyer_sales,"net worth","sales"))',
    ),
    *(
        Example(
            "credit_limit",
            NEED | BUDGET | {"insured_limit": insured},
            f"ROUNDDOWN(MIN({NEEDED},{WITHIN_BUDGET}),2)",
        )
        for insured in (60_000, 300_000)
    ),
    Example(
        "credit_scorecard",
        {"z_score": 1.9, **SCORED},
        "0.35*(pay_index-20)/60*100",
        "contribution",
        ("block", "pay_index"),
    ),
    Example(
        "credit_limit",
        NEED | {"high_credit": 48_000, "days_beyond_terms": 22},
        f"ROUNDDOWN(MIN({NEEDED},0.75*high_credit),2)",
    ),
    Example("credit_z_score", FIRM, Z2),
    Example("credit_z_score", FIRM | {"model": "Z2EM"}, f"3.25+{Z2}"),
    Example("credit_z_score", FIRM | {"sales": 71_300, "model": "Z1"}, Z1),
    *(
        Example(
            "credit_z_zone", {"z_score": score}, 'IF(z_score>2.6,"safe",IF(z_score<1.1,"distress","grey"))'
        )
        for score in (2.61, 2.6, 1.1, 1.09)
    ),
    *(
        Example("credit_grade", {"score": score}, "MAX(1,MIN(10,10-INT(score/10)))")
        for score in (100, 90, 89.99, 55.5, 10, 9.99, 0)
    ),
    Example("credit_pd", {"grade": 6, "horizon_days": 75}, "1-(1-0.025)^(horizon_days/365)"),
    Example("credit_limit", NEED, f"ROUNDDOWN({NEEDED},2)"),
    Example(
        "credit_limit",
        NEED
        | {
            "tangible_net_worth": 512_000,
            "working_capital": 401_000,
            "buyer_sales": 3_900_000,
            "round_to": 500,
        },
        f"FLOOR(MIN({NEEDED},0.18*tangible_net_worth,0.22*working_capital,0.03*buyer_sales),round_to)",
    ),
    Example(
        "credit_exposure",
        {
            "open_amount": 91_230.4,
            "unbilled_deliveries": 8_000.15,
            "open_orders": 12_400,
            "unapplied_cash": 2_200,
            "collateral": 5_000,
        },
        "open_amount+unbilled_deliveries+open_orders-unapplied_cash-collateral",
    ),
    Example("credit_available", {"credit_limit": 75_000, "exposure": 81_200.5}, "credit_limit-exposure"),
    Example("credit_utilisation", {"credit_limit": 75_000, "exposure": 81_200.5}, "exposure/credit_limit"),
    Example(
        "credit_prepayment",
        {"order_amount": 32_000, "available_credit": 11_111},
        "MAX(0,MIN(1,1-available_credit/order_amount))",
    ),
    *(
        Example("credit_pay_index", {"days_beyond_terms": late}, formula)
        for late, formula in (
            (-7, "FORECAST(days_beyond_terms,{80,90},{0,-20})"),
            (9, "FORECAST(days_beyond_terms,{80,70},{0,15})"),
            (41, "FORECAST(days_beyond_terms,{50,40},{30,60})"),
        )
    ),
]

TCI = [
    Example(
        "tci_indemnity",
        LOSS | {"deductible": 3_500},
        "ROUND(MAX(0,MIN(loss,limit)*insured_percentage-deductible),2)",
    ),
    Example(
        "tci_indemnity",
        LOSS | {"deductible": 3_500, "deductible_rule": "ded_first"},
        "ROUND(MAX(0,MIN(loss,limit)-deductible)*insured_percentage,2)",
    ),
    Example(
        "tci_indemnity",
        LOSS | {"limit": 200_000, "aggregate_left": 20_000, "liability_left": 90_000},
        "MIN(liability_left,MAX(0,ROUND(MIN(loss,limit)*insured_percentage,2)-aggregate_left))",
    ),
    Example(
        "tci_indemnity",
        LOSS | {"threshold": 148_300.45},
        "IF(MIN(loss,limit)<=threshold,0,ROUND(MIN(loss,limit)*insured_percentage,2))",
    ),
    Example(
        "tci_indemnity",
        LOSS | {"limit_basis": "payout"},
        "ROUND(MIN(loss*insured_percentage,limit),2)",
    ),
    Example(
        "tci_cover",
        COVERED,
        'ROUND(MIN(SUMIF(customer,"A",open_amount),INDEX(limits,2,2))*INDEX(policy,1,2),2)',
        "insured",
        0,
    ),
    Example(
        "tci_cover",
        COVERED,
        'MAX(0,SUMIF(customer,"A",open_amount)-INDEX(limits,2,2))',
        "uninsured",
        0,
    ),
    Example("tci_recovery", RECOVERED, "ROUND((recovered-costs)*indemnity_paid/total_debt,2)"),
    Example(
        "tci_recovery",
        RECOVERED | {"costs": 40_000},
        "ROUND(MAX(0,recovered-costs)*indemnity_paid/total_debt,2)",
    ),
    Example(
        "tci_stop_date",
        {"oldest_due_date": day("2025-12-31"), "extension_days": 60},
        "oldest_due_date+extension_days",
    ),
    Example(
        "tci_notify_by",
        {"due_date": day("2024-02-29"), "extension_days": 60, "notice_days": 30},
        "due_date+extension_days+notice_days",
    ),
    Example("tci_loss_date", {"due_date": day("2025-08-31"), "waiting_days": 180}, "due_date+waiting_days"),
    Example(
        "tci_loss_date",
        {"due_date": day("2025-08-31"), "waiting_days": 180, "insolvency_date": day("2025-11-05")},
        "MIN(due_date+waiting_days,insolvency_date)",
    ),
    Example("tci_file_by", {"due_date": day("2025-08-31"), "filing_days": 365}, "due_date+filing_days"),
    *(
        Example("tci_deadlines", DUTIES, formula, column, row)
        for row, column, formula in (
            (("duty", "stop deliveries"), "date", "due_date+INDEX(policy,1,2)"),
            (("duty", "give notice"), "date", "due_date+INDEX(policy,1,2)+INDEX(policy,2,2)"),
            (("duty", "date of loss"), "days_left", "due_date+INDEX(policy,3,2)-as_of"),
        )
    ),
    Example(
        "tci_indemnity_steps",
        LOSS | {"deductible": 3_500},
        "ROUND(MIN(loss,limit)*(1-insured_percentage),2)*-1",
        "change",
        ("step", "percentage"),
    ),
    Example(
        "tci_claim",
        CLAIMED,
        "ROUND(MIN(SUM(amount)-SUM(paid),limits)*INDEX(policy,1,2),2)-INDEX(policy,2,2)",
        "amount_out",
        ("item", "estimated indemnity"),
    ),
    Example(
        "tci_premium",
        {"turnover": 8_450_000, "rate": 0.0021, "minimum": 19_000, "tax": 0.19},
        "ROUND(MAX(minimum,turnover*rate)*(1+tax),2)",
    ),
    Example(
        "tci_top_up_cost",
        {"extra_limit": 150_000, "annual_rate": 0.018, "months": 2},
        "ROUND(extra_limit*annual_rate*MAX(months,3)/12,2)",
    ),
    Example(
        "tci_expected_loss",
        {
            "exposure": 310_000,
            "probability": 0.021,
            "loss_given_default": 0.8,
            "insured_limit": 240_000,
            "insured_percentage": 0.9,
        },
        "ROUND(probability*loss_given_default*(exposure-MIN(exposure,insured_limit)*insured_percentage),2)",
    ),
    Example(
        "tci_break_even",
        {"premium_rate": 0.0025, "insured_percentage": 0.85, "share_within_limits": 0.92},
        "premium_rate/(insured_percentage*share_within_limits)",
    ),
    Example("tci_sales_to_recover", {"net_loss": 48_750, "margin": 0.065}, "net_loss/margin"),
    Example(
        "tci_need",
        {"annual_credit_sales": 6_000_000, "largest_customer_share": 0.2, "exports": True},
        "(annual_credit_sales>5000000)+(largest_customer_share>0.2)+exports",
    ),
    Example(
        "tci_insurer_score",
        {"scores": [7.5, 9, 6], "weights": [0.5, 0.3, 0.2]},
        "SUMPRODUCT(scores,weights)/SUM(weights)",
    ),
]

EXAMPLES = AR + CREDIT + TCI
