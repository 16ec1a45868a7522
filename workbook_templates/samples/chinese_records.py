"""The records of the Chinese sample: what its credit department keeps beside the ledger."""

from collections.abc import Sequence

from xlsxwriter.workbook import Workbook

from samples import records
from samples.look import Look
from samples.trade import Customer, Document

OWNERS = ("李晓燕", "王海波", "赵敏")
CUSTOMER_FACTS = {
    "010158": {"insolvency_date": "2026-06-17", "legal_stop": "yes"},
    "010221": {"contra": 36000.0},
    "010130": {"unbilled_deliveries": 88000.0},
    "010284": {"collateral": 20000.0},
    "010109": {"group": "恒锐集团"},
    "010291": {"group": "恒锐集团"},
    "010305": {"related_party": "yes"},
}
LIMIT_CHANGES = {
    "010235": {"note": "接近额度上限，需关注"},
    "010109": {
        "credit_limit": 800000.0,
        "valid_to": "2026-08-31",
        "temporary": "yes",
        "note": "项目临时额度",
    },
    "010158": {"credit_limit": 0.0, "valid_from": "2026-02-01", "note": "已撤销，停止供货"},
    "010270": {"valid_to": "2026-05-31", "review_date": "2026-05-15", "note": "复核已逾期"},
    "010242": {"review_date": "2026-05-15"},
    "010277": {"credit_limit": 400000.0, "note": "已超额：增加额度或停止发货"},
    "010333": {"note": "仅限预付款"},
    "010340": {"note": "尚未核定，待提供财务报表"},
}
INSURED_UNTIL = {"010158": "2026-01-19", "010270": "2026-03-31", "010312": "2026-04-30"}


def write(book: Workbook, look: Look, people: Sequence[Customer], documents: Sequence[Document]) -> None:
    """Add the sheets of the records."""
    given = records.given("records_zh.txt")
    settled = next(item for item in documents if item.kind == "invoice" and item.paid_day)
    content = {
        "limits": records.own_limits(people, LIMIT_CHANGES, "张主管"),
        "insured_limits": records.insurers_limits(people, "2025-01-01", INSURED_UNTIL, given),
        "policy": records.default_policy(),
        "disputes": [
            *records.open_disputes(documents, OWNERS, {}),
            records.settled_dispute(settled, "价格争议", OWNERS[0]),
        ],
        **{name: lines for name, lines in given.items() if name != "insured_limits"},
    }
    content["promises"] = records.kept_promises(documents, "slow", 3) + given["promises"]
    for name in (*records.ORDER, "provision"):
        records.write(book, look, name, content[name], "zh")
