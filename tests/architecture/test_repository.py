"""House rules that hold for every file."""

import ast
import hashlib
import re

from tests.architecture.sources import functions, project, python_sources, texts

FILE_LINES = 400
LOG_FILE_LINES = 150  # what strangers read to believe a proof
FUNCTION_LINES = 40
# Written in pieces, so that the rule does not break itself.
UNFINISHED = re.compile("TO" + "DO|FIX" + "ME|X" + "XX|coming " + "soon|敬请" + "期待|lorem " + "ipsum")
HOSTS = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("deb.debian", "org")]
REGISTRIES = re.compile("|".join(rf"{name}\.{ending}" for name, ending in HOSTS))
MACHINE_PATHS = re.compile(r"(?:^|[^A-Za-z0-9_./-])/(?:work|root|farm|home|Users|tmp)/", re.MULTILINE)
MOBILE_NUMBERS = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
# People named in the documents that the project started from. Their names stay out of it, so only digests are here.
PEOPLE = frozenset(
    [
        "0586d53081bc",
        "09d6eaeff610",
        "0c57c1279958",
        "0d1ca4bf3513",
        "10756191be78",
        "25bdcde3b9fa",
        "276c69607d5a",
        "27b4ebbf5695",
        "3d6e586115dc",
        "46bcf3e65fe4",
        "47a9a798ca0f",
        "4c2abdbb03c5",
        "4df247bd4b77",
        "5753a62b5fd5",
        "5dcb7edeb453",
        "60220bcfef5a",
        "672e0a98d592",
        "6d005fb3fe1d",
        "713534341c0d",
        "88c70e8f80c5",
        "893b955d616e",
        "8a51e90d2075",
        "8c4ae2f949cd",
        "8c55c88e4f6a",
        "8f6e53971341",
        "95d258a9befb",
        "99c191b6dee9",
        "9a7749c3578d",
        "a664a5f2084b",
        "b5d8f2d52cfa",
        "ba831b2f026c",
        "c2359e60904e",
        "c434e5752ced",
        "c4ea208e008e",
        "c792194717fe",
        "cac0325e2e6d",
        "cd05aa57702c",
        "cfbd03fa1c39",
        "d493897a37aa",
        "db8973321cb8",
        "dd86729169a4",
        "e08fe5b98dbc",
        "e0c49f3bf556",
        "eea3747e6a5f",
        "effa759b7de6",
        "f10d976beeb2",
        "fc52fe29ebb5",
        "fe73927e2606",
    ]
)
HANZI = re.compile(r"[\u4e00-\u9fff]{2,}")


def oversize() -> dict[str, str]:
    """Files and functions that may be longer, each with its reason (pyproject.toml)."""
    return project()["tool"]["xinxing"]["oversize"]


def lines_of(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1


def digest(name: str) -> str:
    return hashlib.sha256(f"xinxing:{name}".encode()).hexdigest()[:12]


def test_files_and_functions_stay_small():
    long = {}
    for name, text, tree in python_sources(tests=False):
        if text.count("\n") > (LOG_FILE_LINES if name.startswith("tlog/") else FILE_LINES):
            long[name] = text.count("\n")
        long |= {f"{name}:{f.name}": lines_of(f) for f in functions(tree) if lines_of(f) > FUNCTION_LINES}
    assert {key: size for key, size in long.items() if key not in oversize()} == {}
    assert set(oversize()) - set(long) == set(), "a reason for something that is small again"


def test_nothing_looks_unfinished():
    assert [(name, found.group()) for name, text in texts() if (found := UNFINISHED.search(text))] == []


def test_no_package_registry_and_no_path_of_one_machine_is_named():
    for rule in (REGISTRIES, MACHINE_PATHS):
        assert [(name, found.group()) for name, text in texts() if (found := rule.search(text))] == []


def test_no_real_person_is_named():
    named = set()
    for name, text in texts():
        for run in set(HANZI.findall(text)):
            named |= {
                (name, run[start : start + size])
                for size in (2, 3)
                for start in range(len(run) - size + 1)
                if digest(run[start : start + size]) in PEOPLE
            }
    assert named == set()


def test_no_telephone_number_stands_in_the_content():
    content = [(name, text) for name, text in texts() if not name.startswith(("tests/", "requirements/"))]
    assert [(name, found.group()) for name, text in content if (found := MOBILE_NUMBERS.search(text))] == []


def test_what_other_code_calls_says_what_it_does():
    silent = []
    for name, _text, tree in python_sources(tests=False):
        if tree.body and not ast.get_docstring(tree):
            silent.append(name)
        silent += [f"{name}:{node.name}" for node in public(tree) if not ast.get_docstring(node)]
    assert silent == []


def public(tree: ast.Module):
    """Functions and classes at module level whose name has no underscore in front."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]


def test_docstrings_are_english():
    chinese = [
        f"{name}:{node.name}"
        for name, _text, tree in python_sources(tests=False)
        for node in public(tree)
        if len(HANZI.sub("", ast.get_docstring(node) or "x")) < len(ast.get_docstring(node) or "x") / 2
    ]
    assert chinese == []
