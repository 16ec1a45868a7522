"""What kind of event a text tells of, guessed from its words: a suggestion that a person confirms."""

import re

_WORDS = (
    (
        "insurer_cancellation",
        r"(?:limit|cover)\w* (?:was |has been )?(?:cancel|withdraw)|撤销(?:保险)?限额|撤销承保",
    ),
    ("insurer_reduction", r"(?:limit|cover)\w* (?:was |has been )?reduc|(?:调减|降低)(?:保险)?限额"),
    (
        "insolvency",
        r"insolven|bankrupt|liquidat|administrat(?:or|ion)|receivership|chapter (?:7|11)|winding.?up|examiner"
        r"|破产|清算|资不抵债|重整",
    ),
    (
        "rating_downgrade",
        r"downgrad|rating (?:cut|lower)|outlook (?:cut|negative)|下调.{0,6}评级|评级.{0,6}下调|降级",
    ),
    ("bounced_payment", r"bounced|dishonou?red|returned unpaid|退票|拒付|票据逾期"),
    ("tax_lien", r"tax (?:lien|arrears|debt)|欠税"),
    ("auditor_resignation", r"auditors? (?:resign|step|quit)|审计(?:师|机构).{0,4}(?:辞|更换)"),
    (
        "director_change",
        r"(?:new|appoint\w*|resign\w*) .{0,20}(?:director|chief executive|ceo|cfo)"
        r"|法定代表人.{0,4}变更|高管.{0,4}(?:变更|离职)",
    ),
    ("late_filing", r"late fil|failed to file|accounts? overdue|未按期.{0,4}(?:公示|披露)|年报逾期"),
    (
        "legal_suit",
        r"lawsuit|\bsue[sd]?\b|\bsuing\b|litigation|court|claim against|诉讼|起诉|仲裁|被执行|失信",
    ),
    ("dispute", r"\bdisput|争议|纠纷"),
)


def kind_in(text: str) -> str:
    """The kind of event that a text most likely tells of.

    Examples
    --------
    >>> kind_in("Liquidator appointed at Dunmore"), kind_in("法院裁定受理破产清算申请")
    ('insolvency', 'insolvency')
    >>> kind_in("Plant closed")
    'adverse_news'
    """
    for kind, words in _WORDS:
        if re.search(words, text, re.IGNORECASE):
            return kind
    return "adverse_news"
