"""Groups of three digits with a comma, for what templates pass through `intcomma`; Django's formats have none."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
