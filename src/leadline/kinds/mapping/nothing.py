"""Words for nothing: what programs and people write where there is no value. They identify nobody."""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.words import SERVER_IP

WORDS = frozenset(
    word
    for line in (
        # programs and databases
        r"null|nil|none|nan|nat|undefined|\n|(null)|<null>|[null]|#n/a|#null!|<none>|(none)|<na>|<unknown>|false|n\a",
        # English
        "n/a|n.a.|n.a|na|n/d|not available|not applicable|not provided|not given|not known|not stated|not specified"
        "|not set|unknown|unspecified|empty|blank|missing|no|nothing|void|no data|no email|no e-mail|no phone"
        "|no address|no value|no name|withheld|redacted|deleted|removed|tbd|tba|x|xx|xxx|xxxx",
        # German, Dutch
        "kein|keine|keiner|keines|keine angabe|keine angaben|k.a.|k. a.|k.a|unbekannt|nicht angegeben|nicht bekannt"
        "|nicht vorhanden|nicht verfügbar|entfällt|leer|ohne|geen|onbekend|niet bekend|niet opgegeven|n.v.t.|nvt|leeg",
        # French
        "aucun|aucune|néant|inconnu|inconnue|non renseigné|non renseignée|non communiqué|non communiquée"
        "|non disponible|non connu|sans|sans objet|s.o.|vide|rien|nul",
        # Spanish, Portuguese, Italian
        "ninguno|ninguna|desconocido|desconocida|no disponible|no aplica|no consta|sin datos|sin dato|s/d|vacío|vacio"
        "|nulo|nada|nenhum|nenhuma|desconhecido|desconhecida|não informado|nao informado|não disponível|não consta|n/c"
        "|sem dados|vazio|nessuno|nessuna|sconosciuto|sconosciuta|ignoto|ignota|non disponibile|non noto|n.d.|n.d|nd"
        "|vuoto|assente",
        # Nordic
        "ingen|inget|intet|okänd|okänt|ukendt|ukjent|saknas|mangler|ej angiven|ikke oppgitt|ikke oplyst|tuntematon"
        "|ei ole|ei tiedossa|puuttuu|tyhjä",
        # Polish, Czech, Slovak, Hungarian, Romanian, Turkish
        "brak|brak danych|nieznany|nieznana|nieznane|nie podano|nie dotyczy|b.d.|bd|žádný|žádná|neznámý|neznámá"
        "|neuvedeno|není|žiadny|neznámy|neuvedené|nincs|nincs adat|ismeretlen|üres|necunoscut|necunoscută|niciunul"
        "|nespecificat|lipsă|lipsa|fără|nu există|yok|bilinmiyor|boş|belirtilmemiş",
        # Russian, Ukrainian, Bulgarian, Greek
        "нет|нету|неизвестно|неизвестен|неизвестна|отсутствует|не указан|не указана|не указано|нет данных|пусто|н/д"
        "|немає|невідомо|невідомий|не вказано|відсутній|няма|неизвестно|κανένα|κανένας|άγνωστο|άγνωστος|άγνωστη"
        "|δεν υπάρχει",
        # Arabic, Hebrew, Persian, Hindi
        "لا يوجد|لا شيء|غير معروف|غير متوفر|مجهول|אין|לא ידוע|ندارد|نامشخص|कोई नहीं|अज्ञात",
        # Korean, Japanese, Chinese
        "없음|없다|모름|미상|무|알수없음|알 수 없음|해당없음|해당 없음|미입력|なし|無し|無|不明|未記入|未登録|未定"
        "|該当なし|无|没有|沒有|未知|不详|不詳|空|未填|未填写|未填寫|暂无|暫無|无数据",
        # Vietnamese, Thai, Indonesian
        "không|không có|không rõ|ไม่มี|ไม่ทราบ|tidak ada|tidak diketahui|kosong",
    )
    for word in line.split("|")
)
"""Whole values, in lower case, that say there is none."""
BLANK = r"^[\s\p{P}\p{Z}\p{Cf}|~=+^<>`$_]*$"
"""Punctuation alone: a dash, dots, question marks, stars where a value was masked."""
ZEROS = r"^[0:.+\-\s{}x]*$"
"""Zeros alone: 0, 0.0.0.0, ::, an IMEI, MAC or UUID of zeros."""
PLACEHOLDERS = {
    "device": frozenset(
        {
            "9774d56d682e549c",  # given by many Android 2.2 devices alike (android issue 10603)
            "02:00:00:00:00:00",  # what iOS 7 and Android 6 and later give programs for any MAC address
            "ff:ff:ff:ff:ff:ff",  # the broadcast address (IEEE 802)
            "004999010640000",  # an IMEI that many cloned telephones share (GSMA IMEI guidelines)
        }
    ),
    "password": frozenset(
        {
            "d41d8cd98f00b204e9800998ecf8427e",  # MD5, SHA-1 and SHA-256 of no text (RFC 1321, FIPS 180-4)
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        }
    ),
    "ip": frozenset({"127.0.0.1", "::1"}),  # the machine itself (RFC 1122, RFC 4291): every client of a hidden service
}
"""Values of a kind that stand for no one of it."""
CHOSEN = frozenset({"handle", "name", "postal"})
"""Kinds whose values people make up: signs or zeros alone can be one, and so can these words."""
CHOOSABLE = frozenset(
    word
    for line in (
        "x|xx|xxx|xxxx|no|na|nd|bd|nil|nan|nat|void|nada|nul|rien|vide|sans|ohne|leer|leeg|blank|empty|nothing|missing",
        "false|deleted|removed|redacted|brak|yok|boş|vuoto|vazio|空|无|無|무|없다",
    )
    for word in line.split("|")
)


def nothing(kind: str, values: pa.Array) -> pa.Array:
    """Whether each value (string column; null for null) of an identifier kind is a word for nothing."""
    trimmed = pc.utf8_lower(pc.utf8_trim_whitespace(values))
    if kind in CHOSEN:
        words, signs = WORDS - CHOOSABLE, r"^[\s\p{Pd}.?/*]*$"
    else:
        words, signs = WORDS | PLACEHOLDERS.get("ip" if kind == SERVER_IP else kind, frozenset()), f"{BLANK}|{ZEROS}"
    return pc.or_(pc.is_in(trimmed, pa.array(sorted(words), pa.string())), pc.match_substring_regex(trimmed, signs))


UNSTORED = (
    *("NULL", "null", "Null", "\\N", "(null)", "(NULL)", "<null>", "<NULL>", "[null]", "[NULL]", "undefined"),
    *("None", "NaN", "NaT", "<NA>", "N/A", "n/a", "#N/A", "#NULL!", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!"),
)
"""What programs write into a text for a value that is not there: databases, spreadsheets, Python, JavaScript."""


def stored(column: pa.Array) -> pa.Array:
    """A string column with the words of UNSTORED, and empty text, as null."""
    return pc.if_else(pc.is_in(column, pa.array(("", *UNSTORED), pa.string())), None, column)
