"""The records beside a ledger: customers, limits, policies, events and the other tables of a workbook."""

from arcredit.ledger.records.reader import read_records
from arcredit.ledger.records.record import Records

__all__ = ["Records", "read_records"]
