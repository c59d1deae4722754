"""A CSV file becomes the right numbers and classes, or an error that names the line and column to mend."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.errors import DataError, UnknownNameError
from nn.data.csv_file import load_csv
from nn.data.table import Table

GOOD = "a,b,kind\n1,2.5,x\n-3,4e1,y\n5,6,x\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


def load(file: Path, content: str | bytes, target: str | None = None) -> Table:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_csv(file, target)


def refusal(file: Path, content: str | bytes, target: str | None = None) -> str:
    """Return the message, without the path it must begin with."""
    with pytest.raises(DataError) as caught:
        load(file, content, target)
    message = str(caught.value)
    assert message.startswith(str(file))
    return message.removeprefix(str(file))


# What is read.


def test_a_plain_table(file: Path) -> None:
    table = load(file, GOOD)
    assert table.X.tolist() == [[1.0, 2.5], [-3.0, 40.0], [5.0, 6.0]]
    assert table.X.dtype == np.float64
    assert table.y.tolist() == [0, 1, 0]
    assert table.y.dtype == np.int64
    assert (table.feature_names, table.class_names, table.target_name) == (("a", "b"), ("x", "y"), "kind")


def test_the_path_may_be_text_and_the_table_is_frozen(file: Path) -> None:
    load(file, GOOD)
    table = load_csv(str(file))
    with pytest.raises(AttributeError):
        table.X = np.zeros((1, 1))  # type: ignore[misc]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_target_may_be_any_column(file: Path, place: int) -> None:
    columns = {"a": "124", "b": "567"}
    names = list(columns)
    names.insert(place, "kind")
    columns["kind"] = "yxy"
    text = "\n".join(",".join(cells) for cells in [names, *zip(*(columns[n] for n in names), strict=True)])
    table = load(file, text, target="kind")
    assert table.X.tolist() == [[1.0, 5.0], [2.0, 6.0], [4.0, 7.0]]
    assert table.y.tolist() == [1, 0, 1]
    assert (table.feature_names, table.target_name) == (("a", "b"), "kind")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeff" + GOOD, id="byte order mark"),
        pytest.param(GOOD.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param(GOOD.replace("\n", "\r"), id="old Macintosh line ends"),
        pytest.param(GOOD.removesuffix("\n"), id="no last line end"),
        pytest.param(GOOD.replace(",", ";"), id="semicolons"),
        pytest.param(GOOD.replace(",", "\t"), id="tabs"),
        pytest.param("\n  \n" + GOOD.replace("\n", "\n\n") + " \n,,\n\n", id="blank lines"),
        pytest.param(GOOD.replace(",", " , ").replace("\n", "  \n"), id="spaces"),
        pytest.param('"a","b","kind"\n"1","2.5","x"\n"-3","4e1","y"\n"5","6","x"\n', id="all quoted"),
        pytest.param('"a" , "b" ,  "kind" \n"1" , "2.5" , "x"  \n"-3","4e1","y"\n5,6,x', id="spaces around quotes"),
        pytest.param('"a"\t"b"\t"kind"\n"1"\t"2.5" \t"x"\n"-3"\t"4e1"\t"y"\n5\t6\tx', id="quotes and tabs"),
        pytest.param(GOOD.replace("4e1", "+40.0"), id="signs"),
    ],
)
def test_the_same_table_in_other_clothes(file: Path, content: str) -> None:
    table, plain = load(file, content), load(file, GOOD)
    assert np.array_equal(table.X, plain.X)
    assert np.array_equal(table.y, plain.y)
    assert (table.feature_names, table.class_names) == (plain.feature_names, plain.class_names)


def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(file: Path) -> None:
    table = load(file, '"width, cm","kind"\n1,"say ""x"", y"\n2,"two\nlines"\n')
    assert table.feature_names == ("width, cm",)
    assert table.class_names == ('say "x", y', "two\nlines")
    assert table.y.tolist() == [0, 1]


def test_the_separator_is_the_one_that_makes_rows_of_the_header_s_width(file: Path) -> None:
    table = load(file, "width, cm;kind\n1;x\n2;y\n")
    assert (table.feature_names, table.X.tolist()) == (("width, cm",), [[1.0], [2.0]])
    tie = load(file, "width, cm;kind\n1;red, dark\n2;blue, pale\n")  # commas would make two columns as well
    assert tie.class_names == ("blue, pale", "red, dark")
    assert load(file, "a;b,c,kind\n1,2,x\n2,3,y\n").feature_names == ("a;b", "c")


@pytest.mark.parametrize(
    ("words", "names", "y"),
    [
        (["10", "9", "10"], ("9", "10"), [1, 0, 1]),
        (["1.0", "0", "1"], ("0", "1", "1.0"), [2, 0, 1]),
        (["01234", "1234", "99"], ("99", "01234", "1234"), [1, 2, 0]),
        (["1E2", "100", "7", "100"], ("7", "100", "1E2"), [2, 1, 0, 1]),
        (["9007199254740993", "9007199254740992", "1"], ("1", "9007199254740992", "9007199254740993"), [2, 1, 0]),
        (["-1", "1", "-1"], ("-1", "1"), [0, 1, 0]),
        (["0.5", "0.25", "0.5"], ("0.25", "0.5"), [1, 0, 1]),
        (["10", "9", "b"], ("10", "9", "b"), [0, 1, 2]),
        (["yes", "none", "yes"], ("none", "yes"), [1, 0, 1]),
        (["b", "B", "ä"], ("B", "b", "ä"), [1, 0, 2]),
    ],
)
def test_classes_are_as_many_as_there_are_texts_sorted_as_numbers_when_they_all_are(
    file: Path, words: list[str], names: tuple[str, ...], y: list[int]
) -> None:
    file.write_text("a,kind\n" + "".join(f"{i},{word}\n" for i, word in enumerate(words)))
    table = load_csv(file, task="classification")
    assert table.class_names == names
    assert table.labels.tolist() == words
    assert table.y.tolist() == y


@given(
    st.lists(st.tuples(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from("pqr")), min_size=2),
    st.sampled_from(",;\t"),
)
def test_every_number_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, str]], delimiter: str
) -> None:
    if len({kind for _, kind in rows}) < 2:
        return
    file = tmp_path_factory.mktemp("numbers") / "table.csv"
    text = "\n".join(delimiter.join(cells) for cells in [("a", "kind"), *((repr(x), kind) for x, kind in rows)])
    table = load(file, text)
    assert table.X.ravel().tolist() == [x for x, _ in rows]
    assert [table.class_names[i] for i in table.y] == [kind for _, kind in rows]


# Files that are not tables.


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "iris.csv").write_text(GOOD)
    with pytest.raises(DataError, match=r"irs\.csv: No such file .*did you mean 'iris\.csv'\?.*expected a CSV file"):
        load_csv(tmp_path / "irs.csv")
    with pytest.raises(DataError, match="No such file"):
        load_csv(tmp_path / "no" / "folder.csv")
    with pytest.raises(DataError, match=r"(?i)is a directory|permission denied"):
        load_csv(tmp_path)
    with pytest.raises(DataError, match="null"):
        load_csv("nul\0.csv")


@pytest.mark.parametrize("content", ["", "\n\n  \n", "\ufeff", ",,\n"])
def test_an_empty_file(file: Path, content: str) -> None:
    assert refusal(file, content) == ", line 1: the file is empty; expected a header line, then one row a line"


@pytest.mark.parametrize(("content", "line", "count"), [("a,kind\n", 1, 0), ("\na,kind\n\n1,x\n", 4, 1)])
def test_too_few_rows(file: Path, content: str, line: int, count: int) -> None:
    assert refusal(file, content) == f", line {line}: the file ends after {count} rows of data; expected at least 2"


def test_text_that_is_not_utf_8(file: Path) -> None:
    message = refusal(file, "a,kind\n1,über\n2,".encode() + "café\n".encode("latin-1"))
    assert message.startswith(", line 3, character 6: byte 0xe9 is not UTF-8 text")
    assert "CSV UTF-8" in message
    assert ", line 1, character 1: byte 0xff is not UTF-8" in refusal(file, GOOD.encode("utf-16"))
    assert ", line 1, character 2: byte 0x00 is not UTF-8" in refusal(file, GOOD.encode("utf-16-le"))
    bad_after_mark = "\ufeffa,kind\n1,x\n".encode() + b"\xff"
    assert ", line 3, character 1: byte 0xff" in refusal(file, bad_after_mark)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('a,kind\n1,x\n2,"y\n3,x\n4,y\n', 3),
        ('a,kind\n1,x\n\n2,"y\n3,"x"\n4,y\n', 4),
        ('a,kind\n1,"two\nlines"\n2,"y\n3,x\n', 4),
    ],
)
def test_a_quote_left_open_does_not_swallow_rows(file: Path, content: str, line: int) -> None:
    message = refusal(file, content)
    assert message.startswith(f", line {line}: ")
    assert "is a quote left open in this row?" in message


def test_a_quote_left_open_in_a_large_file(file: Path) -> None:
    message = refusal(file, 'a,kind\n1,x\n2,"y\n' + "3,x\n" * 50_000)
    assert message.startswith(", line 3: ")
    assert "quote left open" in message


# Headers.


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", ", line 1, column 1: '5.1' is a number, not a name"),
        ("\n\nx,3,setosa\ny,4,setosa\n", ", line 3, column 2: '3' is a number, not a name"),
    ],
)
def test_a_missing_header(file: Path, content: str, where: str) -> None:
    assert refusal(file, content) == f"{where}; add a header line that names the columns"


@pytest.mark.parametrize(("header", "column"), [(",a,kind", 1), ("a,kind,", 3), ('a,"  ",kind', 2)])
def test_a_column_without_a_name(file: Path, header: str, column: int) -> None:
    message = refusal(file, f"{header}\n1,2,x\n2,3,y\n")
    assert message.startswith(f", line 1, column {column}: no name; name the column, or remove it")


def test_a_name_used_twice(file: Path) -> None:
    message = refusal(file, "a,b, a ,kind\n1,2,3,x\n4,5,6,y\n")
    assert message == ", line 1, column 3: the name 'a' is taken by column 1; rename one of them"


@pytest.mark.parametrize("content", ["kind\nx\ny\n", "a b kind\n1 2 x\n3 4 y\n"])
def test_no_feature_columns(file: Path, content: str) -> None:
    message = refusal(file, content)
    assert re.match(r", line 1: '(a b )?kind' is the only column; expected features and a target, with", message)


def test_an_unknown_target(file: Path) -> None:
    message = refusal(file, "\n" + GOOD, target="kinds")
    assert message == (
        ", line 2: no column 'kinds' to use as the target (did you mean 'kind'?); columns: 'a', 'b', 'kind'"
    )
    assert "did you mean" not in refusal(file, GOOD, target="zzz")


# Cells.


def test_a_row_with_too_few_cells(file: Path) -> None:
    message = refusal(file, "a,b,kind\n1,2,x\n\n3,4\n5,6,y\n")
    assert message == ", line 4, column 'kind': the cell is missing: the row has 2 cells, the header 3"


def test_a_row_with_too_many_cells(file: Path) -> None:
    message = refusal(file, "a,b,kind\n1,2,x\n3,4,y,oh\n5,6,y\n")
    assert message.startswith(", line 3, column 4: 'oh' is one too many: the row has 4 cells, the header 3; quote")


def test_lines_are_those_of_the_file_even_after_quoted_line_breaks(file: Path) -> None:
    content = '"a\n(cm)",b,"ki\r\nnd"\r\n\r\n1,2,"x\n\ny"\r\n3,,z\r\n5,6,z\r\n'
    assert refusal(file, content) == ", line 8, column 'b': the cell is empty; fill it in or remove the row"
    spread = 'a,kind\n1,x\n"oops\nhere",y\n3,y\n'
    assert refusal(file, spread).startswith(", line 3, column 'a': 'oops\\nhere' is not a finite number")


@pytest.mark.parametrize(
    ("cell", "problem", "mend"),
    [
        ("", "the cell is empty", "fill it in or remove the row"),
        ("  ", "the cell is empty", "fill it in or remove the row"),
        ("?", "the value is missing: '?' is not a finite number", "fill it in or remove the row"),
        ("NaN", "the value is missing: 'NaN' is not a finite number", "fill it in or remove the row"),
        ("N/A", "the value is missing: 'N/A' is not a finite number", "fill it in or remove the row"),
        ("inf", "'inf' is not a finite number", "correct it"),
        ("-Infinity", "'-Infinity' is not a finite number", "correct it"),
        ("1e999", "'1e999' is not a finite number", "correct it"),
        ("red", "'red' is not a finite number", "dropped, one-hot encoded"),
        ("1_000", "'1_000' is not a finite number", "correct it"),
        ("5 cm", "'5 cm' is a number and words", "write 5, and 'cm' into the column's name"),
        ('"1,234"', "'1,234' can be read two ways: a comma between thousands, or a decimal comma", "1234 or 1.234"),
        ('"-1,234"', "'-1,234' can be read two ways", "write -1234 or -1.234, whichever it is"),
        ('"1,234,567"', "'1,234,567' has commas between thousands", "write 1234567"),
        ('"1,234.5"', "'1,234.5' has commas between thousands", "write 1234.5"),
        ("1.234.567", "'1.234.567' has points between thousands", "write 1234567"),
        ("1 234", "'1 234' has its thousands set apart", "write 1234"),
        ("1\u00a0234\u202f567.5", "has its thousands set apart", "write 1234567.5"),
        ("1'234", "has its thousands set apart", "write 1234"),
        ("#N/A", "the value is missing: '#N/A'", "fill it in or remove the row"),
        ("-", "the value is missing: '-'", "fill it in or remove the row"),
        ("None", "the value is missing: 'None'", "fill it in or remove the row"),
        ("#DIV/0!", "'#DIV/0!' is an error of the spreadsheet", "mend the formula there, or remove the row"),
        ("45%", "'45%' has a percent sign", "write 0.45, or 45 throughout the column"),
        ("4.5 %", "'4.5 %' has a percent sign", "write 0.045, or 4.5 throughout the column"),
        ("$45", "'$45' has a currency sign", "write 45"),
        ('"-$1,234.50"', "has a currency sign", "write -1234.50"),
        ("45 €", "'45 €' has a currency sign", "write 45"),
        ("(45)", "'(45)' is in brackets, a bookkeeper's minus", "write -45"),
        ("–1.5", "'–1.5' begins with a dash, not with a minus", "write -1.5"),
        ("<0.1", "'<0.1' is not one number", "write 0.1, or a number that stands for what is meant"),
        ("2024-01-31", "'2024-01-31' is a date or a time", "such as days or seconds"),
        ("12:30", "'12:30' is a date or a time", "such as days or seconds"),
        ("yes", "'yes' is not a number", "write 1 for yes and 0 for no throughout the column"),
        ("true", "'true' is not a number", "write 1 for yes and 0 for no throughout the column"),
    ],
)
def test_a_feature_that_is_no_number(file: Path, cell: str, problem: str, mend: str) -> None:
    message = refusal(file, f"a,b,kind\n1,2,x\n3,{cell},y\n5,6,y\n")
    assert message.startswith(", line 3, column 'b': ")
    assert problem in message
    assert mend in message.partition("; ")[2]
    assert "like that" not in message


def test_a_minus_sign_proper_is_a_minus(file: Path) -> None:
    assert load(file, "a,kind\n−1.5,x\n2,y\n").X.tolist() == [[-1.5], [2.0]]


@pytest.mark.parametrize(
    "content",
    [
        "a;b;kind\n1,5;2;x\n-3;0,25;y\n1e2;,5;x\n",
        "a\tb\tkind\n1,5\t2\tx\n-3\t0,25\ty\n1e2\t,5\tx\n",
        '"a","b","kind"\n"1,5",2,x\n-3,"0,25",y\n1e2,",5",x\n',
        "\ufeffsep=;\r\na;b;kind\r\n1,5;2;x\r\n−3;0,25;y\r\n1e2;,5;x\r\n",
    ],
)
def test_decimal_commas_throughout_a_file(file: Path, content: str) -> None:
    assert load(file, content).X.tolist() == [[1.5, 2.0], [-3.0, 0.25], [100.0, 0.5]]


def test_one_decimal_comma_that_is_certain_settles_the_others(file: Path) -> None:
    assert load(file, "a;b;kind\n1,234;0,5;x\n2,345;1,5;y\n").X[:, 0].tolist() == [1.234, 2.345]
    assert "can be read two ways" in refusal(file, "a;b;kind\n1,234;5;x\n2,345;15;y\n")
    words = refusal(file, "a;kind\n1,234;0,5 mg\n2,345;1,5 mg\n")  # words, in which a comma proves nothing
    assert "can be read two ways" in words


def test_commas_and_points_in_one_file_are_named_both(file: Path) -> None:
    message = refusal(file, "a;b;kind\n1,5;7;x\n2,5;1.234;y\n")
    assert message == (
        ", line 3, column 'b': '1.234' has a decimal point, but '1,5' in line 2, column 'a' a decimal comma; "
        "write all numbers of the file one way"
    )
    mixed = refusal(file, "a;kind\n1.5;x\n2,5;y\n")
    assert mixed.startswith(", line 3, column 'a': '2,5' has a decimal comma, which the file's other numbers have not")
    assert mixed.endswith("write 2.5")


@pytest.mark.parametrize("words", [("true", "false"), ("TRUE", "FALSE"), ("True", "False")])
def test_truth_values_are_1_and_0(file: Path, words: tuple[str, str]) -> None:
    yes, no = words
    assert load(file, f"a,kind\n{yes},x\n{no},y\n{yes},x\n").X.tolist() == [[1.0], [0.0], [1.0]]
    assert load(file, f"a,flag\n1,{yes}\n2,{no}\n").class_names == tuple(sorted(words))


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;"])
def test_excel_s_own_first_line_names_the_separator(file: Path, first: str) -> None:
    table = load(file, f"{first}\n" + GOOD.replace(",", ";"))
    assert (table.feature_names, table.X[0].tolist()) == (("a", "b"), [1.0, 2.5])
    assert load(file, "sep=|\n" + GOOD.replace(",", "|")).feature_names == ("a", "b")
    assert refusal(file, f"{first}\r\na;kind\r\n1;x\r\noops;y\r\n").startswith(", line 4, column 'a': 'oops'")


def test_how_many_cells_of_the_column_are_like_that(file: Path) -> None:
    message = refusal(file, "a,colour,kind\n1,red,x\n3,blue,y\n5,6,y\n")
    assert message.startswith(", line 2, column 'colour': 'red' is not a finite number; ")
    assert message.endswith("(2 of 3 cells in this column are like that)")


@pytest.mark.parametrize("word", ["", "?", "NA", "nan"])
@pytest.mark.parametrize("others", [("x", "y"), ("0", "1")])
def test_a_row_without_a_class(file: Path, word: str, others: tuple[str, str]) -> None:
    message = refusal(file, f"a,kind,b\n1,{others[0]},1\n2,{others[1]},2\n3,{word},3\n", target="kind")
    assert message == f", line 4, column 'kind': the class is missing ({word!r}); fill it in or remove the row"


# Targets that nobody wants predicted.


def test_a_single_class(file: Path) -> None:
    message = refusal(file, "a,kind\n\n1,x\n2,x\n3,x\n")
    assert message == ", line 3, column 'kind': all 3 rows have the class 'x'; a classifier needs at least two classes"
    better = refusal(file, "species,a,unit\nu,1,cm\nv,2,cm\nu,3,cm\nv,4,cm\n")
    assert better.endswith("; did you mean the target 'species'?")


def numbers(n: int, target: list[str], flag: int = 3) -> str:
    """A table with a feature, a column of words with three values, a column of `flag` numbers, and the target."""
    rows = (f"{i}.5,{'uvw'[i % 3]},{i % flag},{target[i % len(target)]}" for i in range(n))
    return "\n".join(["size,species,flag,price", *rows])


@pytest.mark.parametrize(
    ("n", "target"),
    [
        (30, [f"{i}.25" for i in range(30)]),
        (300, [f"{i}.25" for i in range(21)]),
        (40, [f"{i}.5" for i in range(4)]),  # fractions, as in scikit-learn's type_of_target
        (90, [str(i) for i in range(30)]),  # thirty whole numbers
        (12, [str(3 * i + 1) for i in range(12)]),  # one row each
    ],
)
def test_a_target_of_measurements_is_for_regression(file: Path, n: int, target: list[str]) -> None:
    content = re.sub(r",[uvw],|,species,", ",", numbers(n, target))
    table = load(file, content)
    assert (table.task, table.class_names) == ("regression", ())
    assert table.y.tolist() == table.labels.tolist() == [float(target[i % len(target)]) for i in range(n)]
    as_told = load_csv(file, task="classification")
    assert (as_told.task, len(as_told.class_names)) == ("classification", len(target))


@pytest.mark.parametrize(
    ("n", "target"),
    [
        (300, [str(i) for i in range(20)]),
        (30, [f"letter {i}" for i in range(26)]),  # a small alphabet
        (6, ["0", "1", "2"]),
        (2, ["0.5", "1.5"]),
    ],
)
def test_a_target_of_a_few_values_is_for_classification(file: Path, n: int, target: list[str]) -> None:
    content = re.sub(r",[uvw],|,species,", ",", numbers(n, target))
    table = load(file, content)
    assert (table.task, len(table.class_names)) == ("classification", min(n, len(target)))
    if not target[0].startswith("letter"):
        as_told = load_csv(file, task="regression")
        assert (as_told.task, as_told.y.tolist()) == ("regression", [float(target[i % len(target)]) for i in range(n)])


def test_a_target_of_words_is_no_regression(file: Path) -> None:
    file.write_text(GOOD)
    with pytest.raises(DataError, match=r"line 2, column 'kind': 'x' is not a finite number"):
        load_csv(file, task="regression")
    with pytest.raises(UnknownNameError, match=r"unknown task 'regresion' \(did you mean 'regression'\?\)"):
        load_csv(file, task="regresion")


def test_a_target_of_names_of_rows(file: Path) -> None:
    message = refusal(file, numbers(40, [f"Mrs {i}" for i in range(39)]))
    assert message.startswith(", line 2, column 'price': 40 rows hold 39 different words, names of the rows")
    assert message.endswith("did you mean the target 'species'?")


def test_without_a_target_told_the_words_among_the_features_may_have_been_meant(file: Path) -> None:
    content = numbers(30, [f"{i}.25" for i in range(30)])
    message = refusal(file, content)
    assert message.startswith(", line 2, column 'species': 'u' is not a finite number")
    assert message.endswith("did you mean the target 'species'?")
    assert "did you mean" not in refusal(file, content, target="price")
