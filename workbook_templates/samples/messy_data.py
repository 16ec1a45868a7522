"""Who is in the messy sample, and what is wrong with a few of its rows."""

from samples.trade import roster

REGIONS = ("United Kingdom", "Continent", "Overseas")
# name | country currency | terms | invoices a month | typical amount | habit | limit | insured limit | grade
UNITED_KINGDOM = """
Thornbury Engineering Ltd | GB GBP | Net 30 | 1.2 | 5200 | fair | 40000 | 30000 | 4
Calder & Pike LLP | GB GBP | Net 30 | 0.8 | 2900 | prompt | 15000 | 10000 | 3
Northolt Castings Ltd | GB GBP | Net 45 | 1.1 | 7600 | slow | 50000 | 40000 | 6
Severnside Motors Ltd | GB GBP | Net 30 | 0.7 | 4100 | drifting | 20000 | 15000 | 6
Harrow Lane Joinery | GB GBP | Net 14 | 0.6 | 1300 | erratic | 5000 |  | 7
Pentland Spirits Ltd | GB GBP | Net 30 | 0.8 | 6400 | prompt | 40000 | 40000 | 2
Ashdown Textiles plc | GB GBP | EOM 30 | 1.0 | 8800 | failing | 40000 | 20000 | 8
Medway Freight Ltd | GB EUR | Net 30 | 0.6 | 3700 | fair | 20000 | 15000 | 5
Wrexham Tooling Ltd | GB GBP | Net 30 | 0.8 | 3300 | quality | 15000 | 10000 | 5
Tyne Marine Supplies | GB GBP | Net 30 | 0.6 | 5900 | fair | 30000 | 25000 | 4
"""
CONTINENT = """
Brouwer Pompen BV | NL EUR | Net 30 | 1.0 | 6900 | fair | 40000 | 40000 | 3
Schreiber Fördertechnik GmbH | DE EUR | Net 30 | 1.3 | 9400 | prompt | 70000 | 70000 | 2
Fonderie Lagrange SA | FR EUR | Net 60 | 1.0 | 8100 | slow | 60000 | 40000 | 5
Talleres Ordóñez SL | ES EUR | Net 60 | 0.7 | 4700 | drifting | 25000 | 20000 | 6
Carpenteria Rossetti Srl | IT EUR | Net 60 | 0.8 | 5500 | slow | 35000 | 25000 | 6
Łódź Narzędzia S.A. | PL EUR | Net 30 | 0.6 | 3900 | fair | 20000 | 15000 | 5
Helvetia Gears AG | CH EUR | Net 30 | 0.6 | 7700 | prompt | 40000 | 40000 | 1
Brennan Dairy Systems Ltd | IE EUR | Net 30 | 0.9 | 4400 | erratic | 25000 | 20000 | 5
Søndergaard Vind A/S | DK EUR | Net 30 | 0.7 | 10200 | prompt | 60000 | 60000 | 2
Porto Cabos Lda | PT EUR | Net 45 | 0.6 | 2600 | fair | 10000 | 10000 | 5
"""
OVERSEAS = """
Great Lakes Tooling Inc. | US USD | Net 30 | 1.1 | 11800 | slow | 80000 | 60000 | 3
Sabine River Chemicals LLC | US USD | Net 45 | 0.8 | 9100 | slow | 60000 | 40000 | 6
Pacific Crest Optics Inc. | US USD | Net 30 | 0.6 | 6700 | prompt | 35000 | 35000 | 2
Desert Palm Trading FZE | AE USD | Net 60 | 0.7 | 8400 | drifting | 40000 | 20000 | 7
Andes Minería SpA | CL USD | Net 60 | 0.6 | 12400 | slow | 60000 | 50000 | 6
Jakarta Teknik PT | ID USD | Net 45 | 0.6 | 5200 | erratic | 25000 | 15000 | 7
Coral Bay Marine Pty Ltd | AU USD | Net 30 | 0.6 | 4800 | slow | 25000 | 25000 | 4
Casablanca Textile SARL | MA EUR | Net 60 | 0.6 | 4300 | fair | 20000 | 15000 | 5
Nagoya Seiki Co. | JP USD | EOM 30 | 0.7 | 9600 | prompt | 60000 | 60000 | 2
"""
PEOPLE = {
    region: roster(text, first, 13, 5)
    for region, text, first in zip(
        REGIONS, (UNITED_KINGDOM, CONTINENT, OVERSEAS), (417, 2051, 7004), strict=True
    )
}
REPS = {"GB": "M. Osei", "IE": "M. Osei", "US": "J. Park", "AE": "J. Park", "JP": "J. Park", "AU": "J. Park"}

# Rows nobody can age; an amount that is no number is unknown.
# region | customer | name | document | date | due date | currency | original | open | what is wrong
UNUSABLE = """
United Kingdom|||SI-09911|14/04/2026|2026-05-14|GBP|2310.50|2310.50|no customer
United Kingdom|00430|Calder & Pike LLP|SI-09912|30/01/2026|31/02/2026|GBP|945.20|945.20|due date
Continent|||SI-09913|02/03/2026|2026-04-01|EUR|4812.60|4812.60|no customer
Continent|02077|Fonderie Lagrange SA|SI-09914|19/05/2026|see e-mail|EUR|6120.00|4020.00|due date
Overseas|07017|Sabine River Chemicals LLC|SI-09915|22/05/2026|2026-07-06|USD|1990.00|tbc|open amount
"""
