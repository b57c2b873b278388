"""The file to fill in (模板): our headings on one sheet, how to fill them on a second one that is never read."""

from io import BytesIO

from projects.yearly.columns import BY_KEY, SAMPLE

WIDTHS = {"title": 30, "scope": 50, "unit": 20, "steps": 40}
HOW = {
    "title": "必须有。同一年里名称不能重复。",
    "scope": "必须有。建什么、建多少，最多 400 个字，人人看得到。",
    "place": "在哪里建。写了乡镇的名称，会自己归到那个乡镇。",
    "town": "在哪个乡镇；全县的写“全县”，或者空着。",
    "unit": "必须有。只写牵头的一个单位，照单位管理里的名称写。",
    "leader": "必须有。只写职务，比如“分管副县长”，不写姓名。",
    "funds": "必须有。写数就是万元；也可以写“1.2亿元”。不花钱的写 0。",
    "fund_source": "钱从哪里来，可以空着。",
    "people": "写人数，如 800 或者 1.2万人，可以空着。",
    "starts": "如 2026年3月10日、2026年3月。空着按 1 月 1 日。",
    "ends": "如 2026年9月30日、2026年9月底前。空着按 12 月 31 日。只写月的按那个月最后一天。",
    "steps": "如“6月底前主体完工；9月底前验收”，可以空着，那就只有“完工”一个。",
}


def write(buffer: BytesIO) -> None:
    """Write the file into `buffer`."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and most web workers never need it

    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    head, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
    text = book.add_format({"num_format": "@"})  # or “2026.10” would become 2026.1
    sheet, how = book.add_worksheet("年度清单"), book.add_worksheet("怎么填")
    sheet.freeze_panes(1, 0)
    how.set_column(0, 0, 16)
    how.set_column(1, 1, 70, wrap)
    for place, key in enumerate(SAMPLE):
        sheet.set_column(place, place, WIDTHS.get(key, 14), text)
        sheet.write_string(0, place, BY_KEY[key].label, head)
        how.write_string(place, 0, BY_KEY[key].label, head)
        how.write_string(place, 1, HOW[key])
    book.close()
