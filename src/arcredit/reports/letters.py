"""Dunning letters: a text per level, in the customer's language, with his documents and our bank account."""

import datetime as dt
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.reports.calls import Calls
from arcredit.reports.register import Register
from arcredit.reports.written import written
from arcredit.words import say

FEW = 8
"""Documents listed in a letter; the rest stand on the statement of account."""
_DEADLINE_DAYS = {2: 7, 3: 10}


def letter_text(register: Register, calls: Calls, row: int) -> str:
    """The letter to the customer of a line.

    Parameters
    ----------
    register : Register
        Names, languages and settings.
    calls : Calls
        The worklist of a currency.
    row : int
        The customer's line.
    """
    return _Letter(register, calls, row).text()


class _Letter:
    def __init__(self, register: Register, calls: Calls, row: int) -> None:
        self.register, self.calls, self.row = register, calls, row
        self.customer = str(calls.table["customer"][row])
        self.language = register.language(self.customer)
        self.level = int(calls.letter[row])

    def _say(self, key: str, **values: Any) -> str:
        return say(key, self.language, **values)

    def _money(self, amount: float) -> str:
        text = f"{amount:,.{self.calls.digits}f}"
        return f"{self.calls.currency} {text}".strip()

    def _day(self, day: Any) -> str:
        return written(day, self.language)

    def _figure(self, key: str) -> float:
        return float(self.calls.table[key][self.row])

    def text(self) -> str:
        """The whole letter."""
        parts = [self._head(), self._say(f"report_collections.letter.subject.{self.level}", **self._sums())]
        parts += [self._say("report_collections.letter.greeting")]
        parts += [self._say(f"report_collections.letter.body.{self.level}", **self._deadline())]
        parts += ["\n".join(self._documents())]
        parts += ["\n".join(text for text in (self._disputed(), self._interest()) if text)]
        parts += [self._pay(), self._close()]
        return "\n\n".join(part for part in parts if part)

    def _own(self, key: str) -> str:
        given = self.register.setting(key)
        return given or self._say(f"report_collections.missing.{key}")

    def _head(self) -> str:
        register, who = self.register, self.customer
        address = [self._own("company_name"), register.setting("company_address"), ""]
        name = register.names.get(who) or who
        address.append(self._say("report_collections.letter.to", name=name, customer=who))
        address.append(register.text("address", who) or "")
        contact = register.text("contact", who)
        if contact:
            address.append(self._say("report_collections.letter.attention", contact=contact))
        address += ["", self._day(register.inputs.as_of)]
        lines = [line for place, line in enumerate(address) if line or place in (2, len(address) - 2)]
        return "\n".join(lines)

    def _sums(self) -> dict[str, Any]:
        return {
            "count": f"{self._figure('documents'):,.0f}",
            "total": self._money(self._figure("to_collect")),
        }

    def _deadline(self) -> dict[str, str]:
        days = _DEADLINE_DAYS.get(self.level, 0)
        return {"deadline": self._day(self.register.inputs.as_of + dt.timedelta(days=days))}

    def _documents(self) -> list[str]:
        """The oldest documents, then what is left of them, credits and the total."""
        calls, as_of = self.calls, np.datetime64(self.register.inputs.as_of, "D")
        mine = (calls.items.customer.texts() == self.customer) & (calls.due_now > 0)
        rows = np.flatnonzero(mine)
        rows = rows[np.argsort(calls.items.due_date[rows], kind="stable")]
        lines = []
        for row in rows[:FEW]:
            due = calls.items.due_date[row]
            lines.append(
                self._say(
                    "report_collections.letter.line",
                    document=calls.items.document[row] or "",
                    due=self._day(due),
                    days=f"{(as_of - due).astype(int):,}",
                    amount=self._money(float(calls.due_now[row])),
                )
            )
        if len(rows) > FEW:
            rest = self._money(money.total(calls.due_now[rows[FEW:]]))
            lines.append(
                self._say("report_collections.letter.more", count=f"{len(rows) - FEW:,}", amount=rest)
            )
        return [*lines, *self._taken_off(money.total(calls.due_now[rows]))]

    def _taken_off(self, listed: float) -> list[str]:
        """Credits, promises that go beyond the documents left out, and the total."""
        lines, credits = [], self._figure("credits")
        if credits < 0:
            lines.append(self._say("report_collections.letter.credits", amount=self._money(credits)))
        rest = money.total(np.array([self._figure("to_collect"), -listed, -credits]))
        if rest < 0:
            lines.append(self._say("report_collections.letter.promised", amount=self._money(rest)))
        return [*lines, self._say("report_collections.letter.total", **self._sums())]

    def _disputed(self) -> str:
        amount = -self._figure("disputed")
        if amount <= 0:
            return ""
        return self._say("report_collections.letter.disputed", amount=self._money(amount))

    def _interest(self) -> str:
        """Interest from the second letter on, where a rate is known."""
        interest, fee = float(self.calls.interest[self.row]), float(self.calls.fee[self.row])
        basis = self.register.charges.basis
        if self.level < 2 or basis == "none" or not interest > 0:
            return ""
        words = {
            "basis": self._say(f"report_collections.letter.basis.{basis}"),
            "interest": self._money(interest),
        }
        if self.level == 2:
            return self._say("report_collections.letter.interest_2", **words)
        whole = money.total(np.array([self._figure("to_collect"), interest, fee]))
        day = self._day(self.register.inputs.as_of)
        words |= {"fee": self._money(fee), "sum": self._money(whole), "as_of": day}
        return self._say("report_collections.letter.interest_3", **words)

    def _pay(self) -> str:
        account = self._own("bank_account")
        return self._say("report_collections.letter.pay", account=account, customer=self.customer)

    def _close(self) -> str:
        reach = [self.register.setting(key) for key in ("company_phone", "company_email")]
        who = [
            self._say("report_collections.letter.close"),
            self.register.setting("company_contact"),
            self._own("company_name"),
            " · ".join(text for text in reach if text),
        ]
        return "\n".join(line for line in who if line)
