"""How the sample ledgers are made: invented trade, three workbooks, and the totals the tests check."""
