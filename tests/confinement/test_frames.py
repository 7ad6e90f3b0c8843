"""What a confined child sends is a table or Broken, never an error of another kind."""

import io

import pyarrow as pa
import pytest

from leadline.confinement import frames


def test_a_table_comes_back_and_a_column_name_that_is_no_text_is_broken() -> None:
    token, sent = bytes(range(frames.TOKEN)), io.BytesIO()
    table = pa.table({"named": ["x", None]})
    frames.send_table(sent, token, "entries", table)
    for data in (sent.getvalue(), sent.getvalue().replace(b"named", b"\xff\xfe\xfd\xfc\xfb")):
        pipe = frames.Bounded(io.BytesIO(data), len(data))
        assert frames.receive(pipe, token) == (frames.TABLE, "entries")
        if data == sent.getvalue():
            assert frames.receive_table(pipe).equals(table)
            continue
        with pytest.raises(frames.Broken):
            frames.receive_table(pipe)
