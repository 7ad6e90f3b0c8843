"""Output descriptors: vectors of BIP380 to BIP386 that name no private key, and those of BIP49, BIP84 and BIP86."""

import pytest

from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import descriptors
from leadline.kinds.bitcoin.address import encode

A = "03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd"
LONG = (
    "04a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd"
    "5b8dec5235a0fa8722476c7709c02559e3aa73aa03918ba2d492eea75abea235"
)
X = "xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL"
Y = "xpub68NZiKmJWnxxS6aaHmn81bvJeTESw724CRDs6HbuccFQN9Ku14VQrADWgqbhhTHBaohPX4CjNLf9fq9MYo6oDaPPLPxSb7gwQN3ih19Zm4Y"
Z = "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH"
M = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
SIXTEEN = (
    "03669b8afcec803a0d323e9a17f3ea8e68e8abe5a278020a929adbec52421adbd0,"
    "0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600,"
    "0362a74e399c39ed5593852a30147f2959b56bb827dfa3e60e464b02ccf87dc5e8,"
    "0261345b53de74a4d721ef877c255429961b7e43714171ac06168d7e08c542a8b8,"
    "02da72e8b46901a65d4374fe6315538d8f368557dda3a1dcf9ea903f3afe7314c8,"
    "0318c82dd0b53fd3a932d16e0ba9e278fcc937c582d5781be626ff16e201f72286,"
    "0297ccef1ef99f9d73dec9ad37476ddb232f1238aff877af19e72ba04493361009,"
    "02e502cfd5c3f972fe9a3e2a18827820638f96b6f347e54d63deb839011fd5765d,"
    "03e687710f0e3ebe81c1037074da939d409c0025f17eb86adb9427d28f0f7ae0e9,"
    "02c04d3a5274952acdbc76987f3184b346a483d43be40874624b29e3692c1df5af,"
    "02ed06e0f418b5b43a7ec01d1d7d27290fa15f75771cb69b642a51471c29c84acd,"
    "036d46073cbb9ffee90473f3da429abc8de7f8751199da44485682a989a4bebb24,"
    "02f5d1ff7c9029a80a4e36b9a5497027ef7f3e73384a4a94fbfe7c4e9164eec8bc,"
    "02e41deffd1b7cce11cde209a781adcffdabd1b91c0ba0375857a2bfd9302419f3,"
    "02d76625f7956a7fc505ab02556c23ee72d832f1bac391bcd2d3abce5710a13d06,"
    "0399eb0a5487515802dc14544cf10b3666623762fbed2ec38a3975716e2c29c232"
)
VALID = {
    f"pk({A})": [f"21{A}ac"],
    f"pk({LONG})": [f"41{LONG}ac"],
    f"pkh([deadbeef/1/2'/3/4']{A})": ["76a9149a1c78a507689f6f54b847ad1cef1e614ee23f1e88ac"],
    f"pkh([deadbeef/1/2h/3/4h]{A})": ["76a9149a1c78a507689f6f54b847ad1cef1e614ee23f1e88ac"],
    f"pkh({LONG})": ["76a914b5bd079c4d57cc7fc28ecf8213a6b791625b818388ac"],
    f"sh(pk({A}))": ["a9141857af51a5e516552b3086430fd8ce55f7c1a52487"],
    f"sh(pkh({A}))": ["a9141a31ad23bf49c247dd531a623c2ef57da3c400c587"],
    f"pk({Y}/0)": ["210379e45b3cf75f9c5f9befd8e9506fb962f6a9d185ac87001ec44a8d3df8d4a9e3ac"],
    f"wpkh({A})": ["00149a1c78a507689f6f54b847ad1cef1e614ee23f1e"],
    f"wpkh([ffffffff/13']{Z}/1/2/*)": [
        "0014326b2249e3a25d5dc60935f044ee835d090ba859",
        "0014af0bd98abc2f2cae66e36896a39ffe2d32984fb7",
        "00141fa798efd1cbf95cebf912c031b8a4a6e9fb9f27",
    ],
    f"wsh(pkh({A}))": ["0020338e023079b91c58571b20e602d7805fb808c22473cbc391a41b1bd3a192e75b"],
    f"wsh(pk({A}))": ["00202e271faa2325c199d25d22e1ead982e45b64eeb4f31e73dbdf41bd4b5fec23fa"],
    f"sh(wsh(pkh({A})))": ["a914b61b92e2ca21bac1e72a3ab859a742982bea960a87"],
    f"multi(1,{A},{LONG})": [f"5121{A}41{LONG}52ae"],
    f"sortedmulti(1,{LONG},{A})": [f"5121{A}41{LONG}52ae"],
    f"sh(multi(2,[00000000/111'/222]{X},{Y}/0))": ["a91445a9a622a8b0a1269944be477640eedc447bbd8487"],
    f"sortedmulti(2,{X}/*,{Y}/0/0/*)": [
        "5221025d5fc65ebb8d44a5274b53bac21ff8307fec2334a32df05553459f8b1f7fe1b6"
        "2102fbd47cc8034098f0e6a94c6aeee8528abf0a2153a5d8e46d325b7284c046784652ae",
        "52210264fd4d1f5dea8ded94c61e9641309349b62f27fbffe807291f664e286bfbe647"
        "2103f4ece6dfccfa37b211eb3d0af4d0c61dba9ef698622dc17eecdf764beeb005a652ae",
        "5221022ccabda84c30bad578b13c89eb3b9544ce149787e5b538175b1d1ba259cbb833"
        "21024d902e1a2fc7a8755ab5b694c575fce742c48d9ff192e63df5193e4c7afe1f9c52ae",
    ],
    f"sh(wsh(multi(16,{SIXTEEN})))": ["a9147fc63e13dc25e8a95a3cee3d9a714ac3afd96f1e87"],
    f"tr({A[2:]})": ["512077aab6e066f8a7419c5ab714c12c67d25007ed55a43cadcacb4d7a970a093f11"],
    f"combo({A})": [
        f"21{A}ac",
        "76a9149a1c78a507689f6f54b847ad1cef1e614ee23f1e88ac",
        "00149a1c78a507689f6f54b847ad1cef1e614ee23f1e",
        "a91484ab21b1b2fd065d4504ff693d832434b6108d7b87",
    ],
}
INVALID = (
    f"pk(pk({A}))", f"pkh(pk({A}))", f"sh({A})", f"sh(sh(pkh({A})))", f"wpkh({LONG})", f"sh(wpkh({LONG}))",
    f"wsh(pk({LONG}))", f"wsh(wpkh({A}))", f"wsh(wsh(pkh({A})))", f"sh(wsh(wsh(pkh({A}))))", f"wpkh(wsh(pkh({A})))",
    f"wsh({A})", f"sh(multi(16,{SIXTEEN}))", f"multi(a,{A},{LONG})", f"multi(0,{A},{LONG})", f"multi(3,{A},{LONG})",
    f"tr({LONG})", f"wsh(tr({A[2:]}))", f"sh(tr({A[2:]}))", f"tr({A[2:]},pkh({A}))", f"pkh({X}/3h/*)",
    f"pkh({X}/*h)", f"pkh({X}/2147483648)", f"pkh({X}/1aa)", f"pkh([deadbeef/0/*]{A})", f"pkh([deadbef/0h]{A})",
    f"pkh([deadbeeef/0h]{A})", f"pkh([deadbeef/0H]{A})", f"pkh([aaaaaaaa][aaaaaaaa]{X}/0)", "pkh([deadbeef])",
    f"wpkh({Z}/<0;1>/<2;3>/*)", f"wpkh({Z}/<0;1>/0/<2;3>)", f"pkh([aaaaaaaa/<0;1>]{X}/0)",
    f"pkh([aaaaaaaa/0/<0;1>/1]{A})",
    f"wpkh({Z}/<0>/*)", f"wpkh({Z}/<0;0>/*)", f"wpkh({Z}/<0;00>/*)", f"wpkh({Z}/<0;1;0>/*)", f"wpkh({Z}/<;1>/*)",
    f"wpkh({Z}/<0;1>h/*)", f"sh(multi(2,{X}/<0;1>/*,{Y}/<0;1;2>/*))",
    f"pkh(aaaaaaaa]{X}/0)", f"wpkh({Z}/<0;1>/<2;3;4>/*)", f"pkh({A}", f"pkh({A}))", "raw(deadbeef)",
    "pkh(L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1)", f"pkh(02{'ff' * 32})",
)  # fmt: skip


@pytest.mark.parametrize(("text", "scripts"), VALID.items())
def test_the_vectors_of_the_bips(text: str, scripts: list[str]) -> None:
    for said in (text, f"{text}#{descriptors.checksum(text)}"):
        (branch,) = descriptors.branches(said, "main")
        if branch.expression.ranged:
            assert [branch.expression.scripts(i)[0].hex() for i in range(3)] == scripts
        else:
            assert [s.hex() for s in branch.expression.scripts(0)] == scripts


@pytest.mark.parametrize("text", INVALID)
def test_what_is_none_or_not_read_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError):
        descriptors.branches(text, "main")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"tr({A[2:]},pk({A[2:]}))", "tr with a script tree"),
        (f"tr({X}/0/*,{{pk({A[2:]}),pk({A[2:]})}})", "tr with a script tree"),
        (f"tr({A[2:]},multi_a(1,{A[2:]}))", "tr with a script tree"),
        (f"tr(musig({A},{A}))", "musig"),
        (f"rawtr({A[2:]})", "not read here: rawtr"),
        (f"wsh(and_v(pk_k({A}),older(9)))", "not read here: and_v"),
        (f"wpkh({Z}/<0;1>/<2;3>/*)", "at more than one step"),
        (f"pkh([aaaaaaaa/<0;1>]{X}/0)", "in a key's origin"),
        ("somebodys_words(1)", "an expression that is not read here$"),
    ],
)
def test_what_is_not_read_is_refused_by_name_and_no_text_of_evidence_is_said(text: str, says: str) -> None:
    with pytest.raises(EvidenceError, match=says):
        descriptors.branches(text, "main")


def test_checksums_of_bip380() -> None:
    assert descriptors.checked("raw(deadbeef)#89f8spxm") == "raw(deadbeef)"
    assert descriptors.checked("raw(deadbeef)") == "raw(deadbeef)"
    for wrong in ("#", "#89f8spxmx", "#89f8spx", "##9f8spxm"):
        with pytest.raises(EvidenceError):
            descriptors.checked(f"raw(deadbeef){wrong}")
    for wrong in ("raw(deedbeef)#89f8spxm", "raw(Ü)#00000000"):
        with pytest.raises(EvidenceError):
            descriptors.checked(wrong)


def test_several_paths_are_branches_of_their_own() -> None:
    first, second = descriptors.branches(f"wpkh({Z}/<1;7>/*)", "main")
    assert first.text == f"wpkh({Z}/1/*)" and second.text == f"wpkh({Z}/7/*)"
    assert first.expression.scripts(0) != second.expression.scripts(0)


@pytest.mark.parametrize(
    ("key", "text", "network", "address"),
    [
        (
            "tpubDD7tXK8KeQ3YY83yWq755fHY2JW8Ha8Q765tknUM5rSvjPcGWfUppDFMpQ1ScziKfW3ZNtZvAD7M3u7bSs7HofjTD3KP3YxPK7X6hwV8Rk2",
            "sh(wpkh({}/0/*))", "test", "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2",
        ),
        (
            "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs",
            "wpkh({}/0/*)", "main", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu",
        ),
        (
            "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ",
            "tr({}/0/*)", "main", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
        ),
    ],
)  # fmt: skip
def test_first_addresses_of_bip49_bip84_and_bip86_among_what_a_bare_key_may_be(
    key: str, text: str, network: str, address: str
) -> None:
    tried = list(descriptors.of_key(key))
    assert text.format(key).replace("/0/*", "/<0;1>/*") in tried
    made = [descriptors.branches(t, network)[0].expression.scripts(0)[0] for t in tried]
    assert address in {encode(script, network) for script in made}


def test_keys_of_another_network_are_refused() -> None:
    with pytest.raises(EvidenceError, match="another network"):
        descriptors.branches(f"pkh({X}/0/*)", "test")
