"""What makes no sense, and what nobody has thought of."""

from hypothesis import strategies as st

NASTY = [
    "",
    " ",
    "\x00",
    "Ada\x00",
    "\r\nSet-Cookie: a=b",
    "\ud800",
    "\udfff\ud800",
    "\u202eada\ufeff",
    "ﬀ İ ß ١٢ \uff12",
    "e\u0301" * 40,
    "\N{PILE OF POO}" * 70,
    "x" * 5000,
    "0",
    "-1",
    "2147483647",
    "2147483648",
    "9223372036854775808",
    "9" * 400,
    "1e999",
    "NaN",
    "0x10",
    "1_000",
    "٣",
    "9999-12-31",
    "0001-01-01",
    "<script>alert(1)</script>",
    "\"'><script>",
    "{{7*7}}{0.__class__}%n%s${x}",
    "' OR 1=1 --",
    "%_\\",
    "([",
    "../../etc/passwd",
    "//evil.example",
    "http://[",
    "javascript:alert(1)",
    "=?utf-8?q?a?=@example.com",
    "a@[127.0.0.1]",
    "ada@" + "ü." * 100 + "example",
    "bytes=-5",
    "[" * 2000,
]
CONTENT_TYPES = [
    "application/json",
    "text/plain; charset=utf-7",
    "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=other",
    "multipart/form-data; boundary=é" + "b" * 300,
    "multipart/mixed; boundary=b",
    "nonsense",
    ";",
]

nasty = st.sampled_from([text.encode(errors="surrogatepass") for text in NASTY])
odd = st.text(st.characters(), max_size=30).map(lambda text: text.encode(errors="surrogatepass"))
foreign = st.builds(
    str.encode, st.text(max_size=30), st.sampled_from(["latin-1", "utf-16", "shift-jis"]), st.just("ignore")
)
numbers = st.integers().map(lambda number: b"%d" % number)
values = st.one_of(nasty, nasty, nasty, nasty, odd, foreign, numbers, st.binary(max_size=30))
