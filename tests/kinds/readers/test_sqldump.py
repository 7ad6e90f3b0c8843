"""mysqldump: both styles, escapes, blobs, cuts; byte places hold the row."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.errors import EvidenceError
from leadline.kinds.reader import Source
from leadline.kinds.readers.sqldump import SQLDUMP
from leadline.kinds.readers.sqldump import rows as reading
from leadline.kinds.readers.sqldump.names import unquoted
from leadline.model import locators

Read = Callable[..., dict[str, list[tuple[str, dict[str, object]]]]]


def test_values_and_places(examples: dict[str, Source], read: Read) -> None:
    source = examples["sqldump"]
    rows = read(source, "sqldump")["orders"]
    assert [row for _, row in rows[:3]] == [
        {"id": 1, "note": "it's; (a)\n", "pic": None},
        {"id": 2, "note": None, "pic": bytes.fromhex("89504E470D0A1A0A0102")},
        {"id": 3, "note": "😀", "pic": b"raw\0"},
    ]
    assert rows[3][1] == {"reject": "bad_row"}
    data = source.path.read_bytes()
    slices = [data[int(a) : int(b)] for a, b in (place[5:].split("-") for place, _ in rows)]
    assert [s[:3] for s in slices] == [b"(1,", b"(2,", b"(3,", b"(4,"]
    assert all(s.endswith(b")") for s in slices)


def test_a_place_shows_its_columns(examples: dict[str, Source], read: Read) -> None:
    source = examples["sqldump"]
    place, row = read(source, "sqldump")["orders"][1]
    shown = dict(SQLDUMP.resolve(source, locators.parse(place)))
    assert shown == {"id": b"2", "note": None, "pic": row["pic"]}


@pytest.mark.parametrize("back", range(1, 120, 7))
def test_a_dump_cut_inside_keeps_whole_rows_and_says_so(
    back: int, examples: dict[str, Source], tmp_path: Path, read: Read
) -> None:
    path = tmp_path / "cut.sql"
    data = examples["sqldump"].path.read_bytes()[:-back]
    path.write_bytes(data)
    parts = read(Source(bytes(32), path), "sqldump")
    rejects = [place for rows in parts.values() for place, row in rows if row.get("reject") == "cut_line"]
    whole = b"Dump completed" in data
    assert bool(rejects) != whole
    assert all(place.endswith(str(len(data))) for place in rejects)


def test_the_real_dump(data_dir: Path, read: Read) -> None:
    path = data_dir / "evidence" / "sql" / "synthetic_mariadb_dump.sql"
    parts = read(Source(bytes(32), path), "sqldump")
    assert {name: len(rows) for name, rows in parts.items()} == {"orders": 200, "users": 200}
    first = parts["users"][0][1]
    assert first["bio"] == 'it\'s; a \\n line -- "x" é漢😀'
    assert first["created"] == "2017-10-29 00:30:00"


def test_a_table_that_is_never_created(tmp_path: Path, read: Read) -> None:
    path = tmp_path / "bare.sql"
    path.write_bytes(b"INSERT INTO `t` (`a`, `b`) VALUES (1,'x');\nINSERT INTO `u` VALUES (1,2,3);\n")
    parts = read(Source(bytes(32), path), "sqldump")
    assert [row for _, row in parts["t"]] == [{"a": "1", "b": "x"}]
    assert [row for _, row in parts["u"]] == [{"1": "1", "2": "2", "3": "3"}]


Dump = Callable[[str | bytes], dict[str, list[dict[str, object]]]]
HEAD = "-- MySQL dump 10.13  Distrib 8.0.36\n"
END = "-- Dump completed on 2018-03-05 10:00:00\n"
MEMBER = (
    "CREATE TABLE `member` (\n  `id` int NOT NULL,\n  `name` varchar(40),\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n"
)
ANN = [{"id": 1, "name": "ann"}, {"id": 2, "name": "bob"}]


@pytest.fixture
def dump(tmp_path: Path, read: Read) -> Dump:
    """The rows of a dump by part, rejects as their reason."""

    def rows(text: str | bytes) -> dict[str, list[dict[str, object]]]:
        path = tmp_path / "dump.sql"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        assert SQLDUMP.sniff(path.read_bytes()[:4096], path)
        parts = read(Source(bytes(32), path), "sqldump")
        return {name: [row for _, row in found] for name, found in parts.items()}

    return rows


@pytest.mark.parametrize(
    "insert",
    [
        "INSERT  IGNORE INTO `member` VALUES ",
        "INSERT INTO member VALUES ",
        'INSERT INTO "member" VALUES ',
        "insert into `member` values ",
        "INSERT DELAYED INTO `member` VALUES ",
        "INSERT LOW_PRIORITY IGNORE INTO `member` VALUES ",
        "REPLACE  IGNORE INTO `member` VALUES ",
        "REPLACE `member` VALUES ",
        "INSERT INTO `shop`.`member` VALUES ",
        "INSERT INTO shop . member VALUES ",
        "INSERT/* all */INTO -- here\n `member`\nVALUES\n",
        "INSERT INTO `member` (`id`, `name`) VALUES ",
        "INSERT INTO `member` (ID, `name`) VALUE ",
        "INSERT INTO `member` PARTITION (p0) (`id`,`name`) VALUES",
    ],
)
@pytest.mark.parametrize("end", [";\n", " ;\n", ";\r\n", "\nON DUPLICATE KEY UPDATE `id`=VALUES(`id`);\n"])
def test_every_way_to_write_an_insert(insert: str, end: str, dump: Dump) -> None:
    use = "USE `shop`;\n" if "shop" in insert else ""
    assert dump(HEAD + use + MEMBER + insert + "(1,'ann'),\n(2,'bob')" + end + END) == {"member": ANN}


@pytest.mark.parametrize(
    ("insert", "row"),
    [
        ("INSERT INTO `member` SET id=1, name='a' 'b;'", {"id": 1, "name": "ab;"}),
        ("REPLACE member SET `name` := /* x, */ 'it''s', member.id = 2", {"id": 2, "name": "it's"}),
        ("INSERT INTO member SET id=0x41 ON DUPLICATE KEY UPDATE name='y', id=5", {"id": 65, "name": None}),
        ("INSERT INTO member PARTITION (p0) SET name=NULL,\n-- id=4,\nID=3", {"id": 3, "name": None}),
    ],
)
def test_an_insert_that_assigns_is_one_row_and_its_place_shows_it(
    insert: str, row: dict[str, object], dump: Dump, tmp_path: Path, read: Read
) -> None:
    assert dump(HEAD + MEMBER + insert + ";\n" + END) == {"member": [row]}
    source = Source(bytes(32), tmp_path / "dump.sql")
    [(locator, _)] = read(source, "sqldump")["member"]
    shown = {name.lower(): value for name, value in SQLDUMP.resolve(source, locators.parse(locator))}
    assert shown["id"] == (b"A" if row["id"] == 65 else str(row["id"]).encode())
    assert shown.get("name") == (row["name"] and str(row["name"]).encode())


def test_a_row_that_assigns_and_is_cut_is_said(dump: Dump) -> None:
    text = HEAD + MEMBER + "INSERT INTO `member` SET name='x', id=12"
    assert dump(text) == {"member": [{"reject": "cut_line"}], "end_of_dump": [{"reject": "cut_line"}]}


def test_comments_stand_between_rows_and_values(dump: Dump) -> None:
    text = "INSERT INTO `member` VALUES /* a; ( */ (1,-- it's\n'ann'), # (3,'c'),\n(2,'b' /**/ 'ob') -- end;\n;\n"
    assert dump(HEAD + MEMBER + text + END) == {"member": ANN}


def test_columns_that_change_before_the_rows_are_said(dump: Dump) -> None:
    rows = "INSERT INTO `member` VALUES (1,'ann'),(2,'bob');\n"
    for alter in ("ADD `x` int AFTER `id`", "MODIFY `name` text FIRST", "CHANGE `name` `nick` text", "DROP name"):
        found = dump(HEAD + MEMBER + f"ALTER TABLE `member` {alter};\n" + rows + END)
        assert found["other_statements"] == [{"reject": "bad_statement"}], alter


def test_a_table_that_is_made_only_if_absent_keeps_its_columns_until_it_is_dropped(dump: Dump) -> None:
    again = "CREATE TABLE IF NOT EXISTS `member` (`name` text, `id` int);\n"
    rows = "INSERT INTO `member` VALUES (1,'ann'),(2,'bob');\n"
    assert dump(HEAD + MEMBER + again + rows + END) == {"member": ANN}
    other = dump(HEAD + MEMBER + "DROP TABLE `member`;\n" + again + "INSERT INTO `member` VALUES ('ann',1);\n" + END)
    assert other == {"member": [{"id": 1, "name": "ann"}]}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO `member` SET id=1, name=NOW()",
        "INSERT INTO `member` SET id=1, name='x' garbage",
        "INSERT INTO `member` SET id=1 name='x'",
        "INSERT INTO `member` SELECT * FROM other",
        "INSERT INTO `member` VALUES (1,NOW())",
        "INSERT INTO `member` VALUES (1,'x'),(NEW.id,'y')",
        "INSERT INTO `member` VALUES (1,'x') garbage",
        "INSERT INTO `member` VALUES ROW(1,'x')",
        "INSERT INTO `member`",
        "REPLACE INTO `member` VALUES (1,`x`)",
        "/*!99998 INSERT INTO `member` VALUES (1,'x') */",
    ],
)
def test_an_insert_that_is_not_read_is_one_reject_of_its_table(statement: str, dump: Dump) -> None:
    text = HEAD + MEMBER + statement + ";\nINSERT INTO `member` VALUES (1,'ann'),(2,'bob');\n" + END
    assert sorted(map(str, dump(text)["member"])) == sorted(map(str, [*ANN, {"reject": "bad_statement"}]))


@pytest.mark.parametrize(
    "statement",
    [
        "LOAD DATA INFILE 'x' INTO TABLE `member`",
        "UPDATE `member` SET name='x'",
        "CALL fill()",
        "EXECUTE s",
        "WITH c AS (SELECT 1) INSERT INTO `member` SELECT * FROM c",
        "BINLOG 'x'",
        "nonsense",
        "DELETE FROM `member`",
        "DELETE LOW_PRIORITY QUICK IGNORE FROM `member` WHERE id=1",
        "DELETE m FROM `member` AS m JOIN `x` ON m.id=x.id",
        "DELETE FROM m USING `member` AS m JOIN `x` ON m.id=x.id",
        "TRUNCATE TABLE `member`",
        "DROP TABLE IF EXISTS `x`, `member`",
        "RENAME TABLE `member` TO `y`",
        "ALTER TABLE `member` CHANGE `name` `nick` text",
        "ROLLBACK",
        "TRUNCATE member",
        "DROP TABLES `member`",
        "RENAME TABLE `live` TO `old`, `member` TO `live`",
        "ALTER ONLINE TABLE `member` DROP COLUMN `name`",
        "ALTER TABLE `member` DROP PARTITION p0",
        "ALTER TABLE `member` TRUNCATE PARTITION p0",
        "ALTER TABLE `member` EXCHANGE PARTITION p0 WITH TABLE `x`",
        "ALTER TABLE `x` EXCHANGE PARTITION p0 WITH TABLE `member`",
        "ALTER TABLE `member` MODIFY `name` text FIRST",
        "CREATE OR REPLACE TABLE `member` (`id` int)",
        "CREATE TABLE `member` (`id` int, `name` text)",
        "ANALYZE DELETE FROM `member`",
        "/*!50000 TRUNCATE `member` */",
    ],
)
def test_what_else_could_fill_or_change_a_table_is_a_reject(statement: str, dump: Dump) -> None:
    got = dump(HEAD + MEMBER + "INSERT INTO `member` VALUES (1,'ann'),(2,'bob');\n" + statement + ";\n" + END)
    assert got == {"member": ANN, "other_statements": [{"reject": "bad_statement"}]}


def test_what_dumps_say_beside_their_rows_is_no_reject(dump: Dump) -> None:
    text = (
        "/*M!999999\\- enable the sandbox mode */ \n" + HEAD + "/*!40101 SET NAMES utf8mb4 */;\n/*!40101 */;\n"
        "DROP TABLE IF EXISTS `member`;\nTRUNCATE TABLE `member`;\n" + MEMBER + "LOCK TABLES `member` WRITE;\n"
        "/*!40000 ALTER TABLE `member` DISABLE KEYS */;\nSTART TRANSACTION;\nset autocommit=0;\n"
        "INSERT INTO `member` VALUES (1,'ann'),(2,'bob');\ncommit;\nUNLOCK TABLES;\n"
        "/*!50001 CREATE TABLE `view` (\n `id` tinyint NOT NULL\n) ENGINE=MyISAM */;\n"
        "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */\n"
        "/*!50001 VIEW `view` AS select 'INSERT INTO `member` VALUES (9,9);' */;\n"
        "ALTER TABLE `member` ADD KEY `k` (`name`), MODIFY `id` int NOT NULL AUTO_INCREMENT, ADD PRIMARY KEY (`id`);\n"
    )
    assert dump(text + END) == {"member": ANN}


BODY = (
    "BEGIN\nINSERT INTO `member` VALUES (99,'x');\nCASE 1 WHEN 1 THEN INSERT INTO `member` VALUES (98,'y'); END CASE;\n"
)


@pytest.mark.parametrize(
    "routine",
    [
        "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `t` AFTER INSERT ON "
        "`o` FOR EACH ROW\n" + BODY + "END */;;\nDELIMITER ;\n",
        "DELIMITER $$\nCREATE PROCEDURE `p`()\n" + BODY + "END$$\nDELIMITER ;\n",
        "delimiter //\nCREATE DEFINER=`a b`@`%` FUNCTION f() RETURNS int\n" + BODY + "RETURN 1; END //\ndelimiter ;\n",
        "CREATE DEFINER=`root`@`localhost` trigger tr after insert on o for each row " + BODY + "end;\n",
        "CREATE PROCEDURE p() BEGIN IF 1 THEN INSERT INTO `member` VALUES (97,'z'); END IF; " + BODY + "END; END;\n",
        "CREATE EVENT `ev` ON SCHEDULE EVERY 1 DAY DO insert into member values (96,'never');\n",
        "CREATE TRIGGER t AFTER INSERT ON o FOR EACH ROW INSERT INTO `member` VALUES (95,'x');\n",
    ],
)
def test_bodies_of_routines_are_no_data(routine: str, dump: Dump) -> None:
    text = HEAD + MEMBER + "INSERT INTO `member` VALUES (1,'ann');\n" + routine
    assert dump(text + "INSERT INTO `member` VALUES (2,'bob');\n" + END) == {"member": ANN}


def test_an_insert_under_another_delimiter_is_no_data_and_no_secret(dump: Dump) -> None:
    text = HEAD + MEMBER + "DELIMITER //\nINSERT INTO `member` VALUES (9,'x')//\nDELIMITER ;\n"
    got = dump(text + "INSERT INTO `member` VALUES (1,'ann'),(2,'bob');\n" + END)
    assert got == {"member": [{"reject": "bad_statement"}, *ANN]}


def _users(rows: str) -> str:
    return f"CREATE TABLE `users` (`id` int, `name` varchar(9));\nINSERT INTO `users` VALUES {rows};\n"


def test_tables_of_one_name_in_two_databases_stay_two(dump: Dump) -> None:
    text = HEAD + "USE `forum`;\n" + _users("(1,'ann')") + "CREATE TABLE `posts` (`id` int);\nUSE `shop`;\n"
    got = dump(text + _users("(1,'zoe'),(2,'yan')") + "INSERT INTO forum.users VALUES (2,'bob');\n" + END)
    assert got == {
        "forum.users": ANN,
        "posts": [],
        "shop.users": [{"id": 1, "name": "zoe"}, {"id": 2, "name": "yan"}],
    }


@pytest.mark.parametrize(
    "create", ["`member`", "member", '"member"', "`shop`.`member`", "shop.member", "IF NOT EXISTS `member`"]
)
def test_names_in_any_quotes_or_none(create: str, dump: Dump) -> None:
    quote = '"' if '"' in create else "`" if "`" in create else ""
    text = f"CREATE TABLE {create} (\n  {quote}id{quote} int(11) NOT NULL,\n  {quote}name{quote} varchar(40)"
    text += " COMMENT 'a, (b'"
    text += f",\n  PRIMARY KEY ({quote}id{quote}),\n  CHECK ({quote}id{quote} in (1,2))\n);\n"
    insert = f"INSERT INTO {create.replace('IF NOT EXISTS ', '')} VALUES (1,'ann'),(2,'bob');\n"
    assert dump(HEAD + text + insert + END) == {"member": ANN}


def test_text_in_double_quotes_forges_no_row(dump: Dump) -> None:
    """What mydumper writes; a cell that closes a row inside its text is one cell."""
    text = (
        "/*!40101 SET NAMES binary*/;\n/*!40103 SET TIME_ZONE='+00:00' */;\n"
        "INSERT INTO `fm` (`id`,`addr`,`body`) VALUES\n"
        '(1,"ADDR","plain"),\n(3,"","hello),(99,ADDR,bye"),\n(4,"ADDR","a, \\"b\\""),\n(5,"it\'s","say ""x""");\n'
    )
    assert [tuple(row.values()) for row in dump(text)["fm"]] == [
        ("1", "ADDR", "plain"),
        ("3", "", "hello),(99,ADDR,bye"),
        ("4", "ADDR", 'a, "b"'),
        ("5", "it's", 'say "x"'),
    ]


def test_double_quotes_hold_no_value_where_the_mode_makes_them_names(dump: Dump) -> None:
    text = HEAD + "SET sql_mode='ANSI';\n" + MEMBER + 'INSERT INTO "member" VALUES (1,"name");\n'
    back = "SET sql_mode='';\nINSERT INTO `member` VALUES (2,\"bob\");\n"
    assert dump(text + back + END)["member"] == [{"reject": "bad_statement"}, ANN[1]]


def test_a_mode_without_escapes_holds_until_it_is_put_back(dump: Dump) -> None:
    text = (
        HEAD + MEMBER + "SET @old=@@sql_mode, sql_mode='NO_BACKSLASH_ESCAPES,STRICT';\n"
        "INSERT INTO `member` VALUES (1,'C:\\');\nSET sql_mode=@old;\nINSERT INTO `member` VALUES (2,'\\'');\n" + END
    )
    assert dump(text)["member"] == [{"id": 1, "name": "C:\\"}, {"id": 2, "name": "'"}]


def test_a_dump_with_history(dump: Dump) -> None:
    text = (
        HEAD + "CREATE TABLE `h` (\n `id` int,\n `addr` text\n) ENGINE=InnoDB WITH SYSTEM VERSIONING;\n"
        "INSERT INTO `h` (`id`, `addr`, row_start, row_end) VALUES\n"
        "(1,'a','2026-11-30 22:41:28.5','2038-01-19 03:14:07');\n"
    )
    assert dump(text + END)["h"] == [
        {"id": 1, "addr": "a", "row_start": "2026-11-30 22:41:28.5", "row_end": "2038-01-19 03:14:07"}
    ]


def test_bits_are_numbers_however_they_are_written(dump: Dump) -> None:
    text = (
        HEAD + "CREATE TABLE `f` (`b` bit(1), `m` bit(12), `t` tinyint(1), `w` bit(64), `v` blob);\n"
        "INSERT INTO `f` VALUES (b'1',0x0FFF,b'1',0xFFFFFFFFFFFFFFFF,0x01),('\0','\0\\'',TRUE,b'1',b'1'),"
        "(NULL,5,0,2,NULL);\n"
    )
    assert dump(text + END)["f"] == [
        {"b": 1, "m": 4095, "t": 1, "w": "18446744073709551615", "v": b"\x01"},
        {"b": 0, "m": 39, "t": 1, "w": "1", "v": b"\x01"},
        {"b": None, "m": 5, "t": 0, "w": "2", "v": None},
    ]


def test_columns_an_insert_leaves_out_are_null_and_their_order_is_its_own(dump: Dump) -> None:
    text = (
        HEAD
        + MEMBER
        + "INSERT INTO `member` (`name`) VALUES ('x');\nINSERT INTO `member` (`name`,`id`,`more`) VALUES ('ann',1,7);\n"
    )
    assert dump(text + END)["member"] == [
        {"id": None, "name": "x", "more": None},
        {"id": 1, "name": "ann", "more": "7"},
    ]


def test_a_table_made_like_another_or_from_a_query(dump: Dump) -> None:
    text = HEAD + MEMBER + "CREATE TABLE `a` LIKE `member`;\nINSERT INTO `a` VALUES (1,'ann'),(2,'bob');\n"
    got = dump(text + "CREATE TABLE `b` AS SELECT * FROM `a`;\nCREATE TABLE `c` (`id` int) SELECT 1 AS id;\n" + END)
    reject = [{"reject": "bad_statement"}]
    assert got == {"member": [], "a": ANN, "b": reject, "c": reject}


def test_a_dump_in_the_character_set_it_names(dump: Dump) -> None:
    text = HEAD + "/*!40101 SET NAMES {} */;\n" + MEMBER + "INSERT INTO `member` VALUES (1,'{}');\n" + END
    for names, codec, name in (("latin1", "cp1252", "Zoë €"), ("cp1251", "cp1251", "Зоя"), ("utf8mb4", "utf-8", "Зоя")):
        assert dump(text.format(names, name).encode(codec))["member"] == [{"id": 1, "name": name}]
    with pytest.raises(EvidenceError, match="sjis"):
        dump(text.format("sjis", "x"))


def test_a_dump_in_utf16_is_refused_by_name(dump: Dump) -> None:
    with pytest.raises(EvidenceError, match="UTF-16"):
        dump((HEAD + MEMBER).encode("utf-16"))


def test_dumps_of_other_databases_are_not_taken_for_one(tmp_path: Path) -> None:
    rows = b"CREATE TABLE `t` (id int);\nINSERT INTO `t` VALUES(1);\n"
    assert SQLDUMP.sniff(rows, tmp_path)
    assert not SQLDUMP.sniff(b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n" + rows, tmp_path)
    assert not SQLDUMP.sniff(b"BEGIN TRANSACTION;\n" + rows, tmp_path), "as Python's iterdump writes it"
    assert not SQLDUMP.sniff(b"--\n-- PostgreSQL database dump\n--\n" + rows, tmp_path)


@pytest.mark.parametrize(
    ("tail", "cut"),
    [
        ("(1,'ann'),(2,'bob')", []),
        ("(1,'ann'),(2,'bob'),", ["cut_line"]),
        ("(1,'ann'),(2,'bob'),(3", ["cut_line"]),
        ("(1,'ann'),(2,'bob'),(3,NU", ["cut_line"]),
        ("(1,'ann'),(2,'bob') ON DUPL", ["cut_line"]),
        ("(1,'ann'),(2,'bob'),(3,NU;", None),
    ],
)
def test_where_the_text_ends_a_row_is_cut_or_whole(tail: str, cut: list[str] | None, dump: Dump) -> None:
    """No closing line is missing where there was no opening one; a statement needs no last semicolon."""
    got = dump(MEMBER + "INSERT INTO `member` VALUES " + tail)
    assert got == {"member": [{"reject": "bad_statement"}] if cut is None else [*ANN, *({"reject": r} for r in cut)]}


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (HEAD + MEMBER + END, 0),
        (HEAD + MEMBER + END + "\n" * 300, 0),
        (HEAD + MEMBER + "-- Dump completed\r\n", 0),
        (HEAD + MEMBER, 1),
        (MEMBER, 0),
        (HEAD + MEMBER + END + HEAD + MEMBER + END, 0),
        (HEAD + MEMBER + HEAD + MEMBER + END, 1),
        (HEAD + MEMBER + END + HEAD + MEMBER, 1),
        (HEAD + MEMBER + "INSERT INTO `member` VALUES (1,'\n-- Dump completed\n');\n", 1),
        (HEAD + MEMBER + "INSERT INTO `member` VALUES (1,'\n-- MySQL dump 10\n');\n" + END, 0),
    ],
)
def test_each_opening_line_has_its_closing_one(text: str, ends: int, dump: Dump) -> None:
    """What stands in a cell is neither."""
    assert len(dump(text).get("end_of_dump", [])) == ends


def test_rows_of_one_table_read_alike_come_in_few_batches(tmp_path: Path) -> None:
    """So that a dump of one row a statement costs no more than one of long statements."""
    path = tmp_path / "single.sql"
    inserts = "".join(
        f"INSERT INTO `member` VALUES ({i},'x');\nINSERT INTO `other` VALUES ({i});\n" for i in range(500)
    )
    path.write_text(HEAD + MEMBER + inserts + END)
    (part,) = (p for p in SQLDUMP.parts(Source(bytes(32), path), None, lambda *_: None) if p.name == "member")
    assert [batch.rows.num_rows for batch in part.batches] == [500]


@pytest.mark.parametrize("bound", ["BATCH_BYTES", "_VALUES", "BATCH_ROWS"])
@pytest.mark.parametrize("unsound", [False, True])
def test_a_statement_larger_than_a_batch_is_read_in_pieces_or_not_at_all(
    bound: str, unsound: bool, monkeypatch: pytest.MonkeyPatch, dump: Dump
) -> None:  # fmt: skip
    """Bounds are made small; the rows are the same, and one bad token at the end still leaves none of them."""
    monkeypatch.setattr(
        reading, bound, {"BATCH_BYTES": 60, "_VALUES": reading.sqlrows.COLUMNS + 9, "BATCH_ROWS": 7}[bound]
    )
    values = [f"({i},'name {i}')" for i in range(100)]
    one = "INSERT INTO `member` VALUES " + ",".join(values[50:80]) + (",(NOW(),1);\n" if unsound else ";\n")
    many = ["INSERT INTO `member` VALUES " + v + ";\n" for v in values]
    got = dump(HEAD + MEMBER + "".join(many[:50]) + one + "".join(many[80:]) + END)["member"]
    numbers = [row["id"] for row in got if "id" in row]
    assert numbers == [*range(50), *([] if unsound else range(50, 80)), *range(80, 100)]
    assert [row for row in got if "id" not in row] == [{"reject": "bad_statement"}] * unsound


def test_a_row_longer_than_can_be_held_is_one_reject(monkeypatch: pytest.MonkeyPatch, dump: Dump) -> None:
    monkeypatch.setattr(reading, "LONGEST_ROW", 1000)
    text = HEAD + MEMBER + "INSERT INTO `member` VALUES (1,'ann'),(3,'" + "x" * 2000 + "'),(2,'bob');\n" + END
    assert dump(text)["member"] == [*ANN, {"reject": "too_long"}]


def test_a_column_of_whole_numbers_that_holds_another_word_is_text(tmp_path: Path, read: Read) -> None:
    """A server that is not strict writes what it was given; no value is dropped for its column's type."""
    path = tmp_path / "x.sql"
    path.write_text("CREATE TABLE `t` (`n` int(11), `m` int(11));\nINSERT INTO `t` VALUES (1,2),('x',3);\n")
    rows = [row for _, row in read(Source(bytes(32), path), "sqldump")["t"]]
    assert rows == [{"n": "1", "m": 2}, {"n": "x", "m": 3}]


@pytest.mark.parametrize("odd", ["'x'", "4.5", "99999999999999999999", "'4 or 5'"])
def test_a_cell_that_is_no_whole_number_changes_no_other_of_its_column(odd: str, dump: Dump) -> None:
    """Ids written as +4, 4.0, 004 or 0x04 join those written as 4, whatever else their column holds."""
    table = "CREATE TABLE `t` (`id` int(5) unsigned zerofill);\n"
    spelled = ["+4", "4.0", "00004", "' 4 '", "'+004.'", "b'100'", "0x04", "-4", "00000", "4"]
    rows = "INSERT INTO `t` VALUES " + ",".join(f"({literal})" for literal in spelled)
    ids = [4, 4, 4, 4, 4, 4, 4, -4, 0, 4]
    assert dump(HEAD + table + rows + ";\n" + END)["t"] == [{"id": n} for n in ids]
    whole = dump(HEAD + table + rows + f",({odd});\n" + END)["t"]
    assert whole == [{"id": str(n)} for n in ids] + [{"id": odd.strip("'")}]


@pytest.mark.parametrize(
    ("drop", "noticed"),
    [("DROP DATABASE `shop`", True), ("drop schema if exists shop", True), ("DROP DATABASE IF EXISTS `other`", False)],
)
def test_a_database_dropped_after_its_rows_is_not_passed_over(
    drop: str, noticed: bool, tmp_path: Path, read: Read
) -> None:
    path = tmp_path / "d.sql"
    rows = "USE `shop`;\nCREATE TABLE `t` (`a` int);\nINSERT INTO `t` VALUES (1);\n"
    path.write_text(f"-- MySQL dump 10.13\nDROP DATABASE IF EXISTS `shop`;\n{rows}{drop};\n-- Dump completed\n")
    parts = read(Source(bytes(32), path), "sqldump")
    assert [row["a"] for _, row in parts["t"]] == [1]
    found = [row for _, row in parts.get("other_statements", [])]
    assert found == ([{"reject": "bad_statement"}] if noticed else [])


@pytest.mark.parametrize(
    ("name", "meant"),
    [(b"`a``b`", "a`b"), (b'"a""b"', 'a"b'), (b'`a""b`', 'a""b'), (b"plain", "plain"), (b"`\xff`", "\\xff")],
)
def test_a_name_in_quotes_is_what_stands_between_them(name: bytes, meant: str) -> None:
    assert unquoted(name) == meant
