"""What only the llama engine does: prefix reuse, native aborts, adapters, KV types, recurrent memories, odd files.

The scripted model (tests/makers/gguf_model.py) says exactly what it is told to, the starter is a real one, and a tiny
mamba cannot roll its memory back.
"""

from __future__ import annotations

import hashlib
import logging
import random
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from app.engines.job import NullJob
from app.engines.language import llama
from app.engines.language.base import Adapter, GenerateRequest, Message, Sampling
from app.engines.language.llama import LlamaEngine
from app.errors import BadInput, BadModel, BadSetting, Cancelled, EngineUnavailable
from app.registry.starter import starter_model
from tests.engines.language_help import CAPITAL, DEADLINE_S, GREEDY, SYSTEM, ControlledJob, run, say
from tests.makers.gguf_model import HELLO, byte_token, write_adapter, write_mamba, write_model

JOB = NullJob()
LONG = (SYSTEM, Message("user", "The river runs through green hills. " * 45 + "What runs?"))


@pytest.fixture(scope="module")
def starter() -> Iterator[LlamaEngine]:
    engine = LlamaEngine(path=str(starter_model()), context=1024, threads=1, batch=512)
    yield engine
    engine.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def scripted(folder: Path, script: Sequence[str | bytes] = HELLO, **options: object) -> LlamaEngine:
    template = {"template": options.pop("template")} if "template" in options else {}
    path = write_model(folder / "scripted.gguf", script, **template)  # type: ignore[arg-type]
    return LlamaEngine(path=str(path), threads=1, **options)  # type: ignore[arg-type]


# -- prefix reuse ----------------------------------------------------------------------------------------------


def test_a_second_turn_decodes_only_what_is_new(starter: LlamaEngine) -> None:
    first = run(starter, CAPITAL, sampling=GREEDY)[1]
    talk = (*CAPITAL, Message("assistant", first.text), Message("user", "And of Italy?"))
    second = run(starter, talk, sampling=GREEDY)[1]
    assert second.cached_tokens >= first.prompt_tokens + first.tokens - 1
    assert second.prompt_tokens - second.cached_tokens < 20


def test_warming_leaves_only_the_question_to_decode(starter: LlamaEngine) -> None:
    run(starter, (Message("user", "Something else."),), sampling=Sampling(max_tokens=2))
    warmed = starter.warm(LONG[:1], JOB)
    again = starter.warm(LONG[:1], JOB)
    assert again.cached_tokens == again.prompt_tokens == warmed.prompt_tokens
    assert run(starter, CAPITAL, sampling=GREEDY)[1].cached_tokens >= warmed.prompt_tokens


def test_a_partial_question_can_be_warmed(starter: LlamaEngine) -> None:
    begun = (SYSTEM, Message("user", "What is the capital of"))
    warmed = starter.warm(begun, JOB)
    assert run(starter, CAPITAL, sampling=GREEDY)[1].cached_tokens >= warmed.prompt_tokens - 1


def test_the_answer_does_not_depend_on_what_was_cached(starter: LlamaEngine) -> None:
    fresh = LlamaEngine(path=str(starter_model()), context=1024, threads=1, batch=512)
    try:
        expected = run(fresh, CAPITAL, sampling=GREEDY)[1]
    finally:
        fresh.close()
    run(starter, (SYSTEM, Message("user", "What is the colour of snow?")), sampling=GREEDY)
    assert run(starter, CAPITAL, sampling=GREEDY)[1].text == expected.text
    assert run(starter, CAPITAL, sampling=GREEDY)[1].cached_tokens == expected.prompt_tokens - 1


# -- native aborts ---------------------------------------------------------------------------------------------


def test_a_cancel_reaches_native_code_and_leaves_nothing_half_done(starter: LlamaEngine) -> None:
    run(starter, (Message("user", "x"),), sampling=Sampling(max_tokens=1))
    kept = run(starter, CAPITAL, sampling=GREEDY)[1]
    job = ControlledJob()
    timer = threading.Timer(0.1, job.cancel)
    job.first_checkpoint = timer.start
    with pytest.raises(Cancelled):
        run(starter, LONG, job)
    # The one batch of this prompt was under way: had it been finished, it would be in the cache now.
    assert starter.warm(LONG, JOB).cached_tokens < starter.count_tokens((SYSTEM,), JOB) + 5
    assert run(starter, CAPITAL, sampling=GREEDY)[1].text == kept.text


def test_a_pause_in_native_code_changes_nothing_but_the_time(starter: LlamaEngine) -> None:
    expected = run(starter, LONG, sampling=GREEDY)[1]
    run(starter, (Message("user", "Something else."),), sampling=Sampling(max_tokens=1))
    job = ControlledJob()
    timer = threading.Timer(0.1, job.pause)
    job.first_checkpoint = timer.start

    def resume() -> None:
        assert job.waiting.wait(DEADLINE_S)
        job.resume()

    watcher = threading.Thread(target=resume)
    watcher.start()
    result = run(starter, LONG, job, sampling=GREEDY)[1]
    watcher.join(DEADLINE_S)
    assert job.waiting.is_set()
    assert result.text == expected.text
    assert result.tokens == expected.tokens


def test_a_deadline_counts_prefill_too(starter: LlamaEngine) -> None:
    _, result = run(starter, CAPITAL, deadline_s=0.0)
    assert (result.finish, result.tokens, result.text) == ("deadline", 0, "")
    assert result.first_token_ms is None
    assert "Paris" in run(starter, CAPITAL, sampling=GREEDY)[1].text


# -- the known words of the scripted model -----------------------------------------------------------------------


def test_thinking_is_never_answer(folder: Path) -> None:
    engine = scripted(folder, ["<think>", " so", " be", " it", "</think>", "Yes", "."])
    deltas, result = run(engine, CAPITAL)
    engine.close()
    assert (result.text, result.thinking) == ("Yes.", "so be it")
    assert "".join(d.text for d in deltas if d.thinking).strip() == "so be it"
    assert "".join(d.text for d in deltas if not d.thinking) == "Yes."


def test_a_template_that_opened_the_thinking(folder: Path) -> None:
    template = "{% for m in messages %}{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}<think>\n{% endif %}"
    engine = scripted(folder, [" so", "</think>", "Yes"], template=template)
    result = run(engine, CAPITAL)[1]
    engine.close()
    assert (result.text, result.thinking) == ("Yes", "so")


def test_characters_of_several_tokens_come_whole(folder: Path) -> None:
    engine = scripted(folder, ["Hi", "\U0001f600".encode(), "!", "é".encode()[:1]])
    deltas, result = run(engine, CAPITAL)
    engine.close()
    assert "".join(d.text for d in deltas) == "Hi\U0001f600!\ufffd"
    assert result.tokens == 7


def test_a_stop_string_across_tokens_is_held_back(folder: Path) -> None:
    engine = scripted(folder)
    deltas, result = run(engine, CAPITAL, sampling=Sampling(stop=("are y", "areas")))
    engine.close()
    assert "".join(d.text for d in deltas) == "Hello there, how "
    assert (result.text, result.finish) == ("Hello there, how ", "stop")


def test_the_first_text_goes_out_at_once_and_a_clause_when_it_ends(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama, "GATHER_S", 3600.0)
    engine = scripted(folder)
    deltas, _ = run(engine, CAPITAL)
    engine.close()
    assert [d.text for d in deltas] == ["Hello", " there,", " how are you?"]
    assert [d.tokens for d in deltas] == sorted(d.tokens for d in deltas)


def test_the_end_of_the_context_ends_the_answer(folder: Path) -> None:
    engine = scripted(folder, context=24)
    prompt = (Message("user", "x"),)
    size = engine.count_tokens(prompt, JOB)
    result = run(engine, prompt)[1]
    with pytest.raises(BadInput, match="takes 23"):
        run(engine, (Message("user", "x" * 30),))
    engine.close()
    assert (result.finish, result.tokens) == ("length", 24 - size)


def test_a_model_without_a_template_speaks_chatml(folder: Path) -> None:
    engine = scripted(folder, template=None)
    assert say(engine, "Hi") == "Hello there, how are you?"
    engine.close()


def test_the_context_is_at_most_what_the_model_was_trained_for(folder: Path) -> None:
    engine = scripted(folder, context=100_000)
    assert engine.info(JOB).context == 512
    engine.close()


@pytest.mark.parametrize("kv_type", ["q8_0", "q4_0"])
def test_a_quantised_cache_works(folder: Path, kv_type: str) -> None:
    engine = scripted(folder, kv_type=kv_type)
    assert say(engine, "Hi") == "Hello there, how are you?"
    engine.close()


def test_options_that_cannot_be(folder: Path) -> None:
    with pytest.raises(BadSetting, match="kv_type"):
        scripted(folder, kv_type="f8")
    with pytest.raises(TypeError):
        scripted(folder, colour="red")


def test_without_embeddings_there_are_no_vectors(folder: Path) -> None:
    engine = scripted(folder)
    with pytest.raises(EngineUnavailable, match="without embeddings"):
        engine.embed(("text",), JOB)
    engine.close()


def test_closing_twice_is_harmless(folder: Path) -> None:
    engine = scripted(folder)
    engine.close()
    engine.close()


def test_llama_cpp_logs_through_logging(
    folder: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "llama.cpp")
    scripted(folder).close()
    assert any(record.name == "llama.cpp" for record in caplog.records)
    assert capfd.readouterr() == ("", "")


# -- adapters --------------------------------------------------------------------------------------------------

SIZE = 261 + len(HELLO)


def test_an_adapter_changes_one_answer_and_leaving_it_out_restores_the_old(folder: Path) -> None:
    adapter = write_adapter(folder / "lora.gguf", after=byte_token(10), say=byte_token(ord("X")), vocabulary=SIZE)
    engine = scripted(folder)
    with_it = (Adapter(path=str(adapter)),)
    assert say(engine, "Hi") == "Hello there, how are you?"
    result = run(engine, (Message("user", "Hi"),), adapters=with_it)[1]
    assert (result.text, result.cached_tokens) == ("X", 0)
    assert run(engine, (Message("user", "Hi"),), adapters=with_it)[1].cached_tokens > 0
    assert say(engine, "Hi") == "Hello there, how are you?"
    assert say(engine, "Hi", adapters=(Adapter(path=str(adapter), scale=0.0),)) == "Hello there, how are you?"
    engine.close()


def test_an_adapter_may_be_opened_while_loading(folder: Path) -> None:
    adapter = write_adapter(folder / "lora.gguf", after=byte_token(10), say=byte_token(ord("X")), vocabulary=SIZE)
    engine = scripted(folder, adapters=(Adapter(path=str(adapter)),))
    assert say(engine, "Hi") == "Hello there, how are you?"
    engine.close()


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ({"vocabulary": SIZE + 1}, "another model"),
        ({"vocabulary": SIZE, "width": 288}, "another model"),
        ({"vocabulary": SIZE, "architecture": "qwen2"}, "for qwen2 models"),
    ],
)
def test_an_adapter_of_another_model_is_refused_before_native_code(
    folder: Path, made: dict[str, int], says: str
) -> None:
    adapter = write_adapter(folder / "lora.gguf", after=1, say=2, **made)  # type: ignore[arg-type]
    engine = scripted(folder)
    with pytest.raises(BadModel, match=says):
        say(engine, "Hi", adapters=(Adapter(path=str(adapter)),))
    assert say(engine, "Hi") == "Hello there, how are you?"
    engine.close()


def test_an_adapters_base_is_held_to_its_digest(folder: Path) -> None:
    adapter = write_adapter(folder / "lora.gguf", after=byte_token(10), say=byte_token(ord("X")), vocabulary=SIZE)
    engine = scripted(folder)
    digest = hashlib.sha256((folder / "scripted.gguf").read_bytes()).hexdigest()
    assert say(engine, "Hi", adapters=(Adapter(path=str(adapter), base=f"sha256:{digest}"),)) == "X"
    with pytest.raises(BadModel, match="trained on another model"):
        say(engine, "Hi", adapters=(Adapter(path=str(adapter), base="0" * 64),))
    engine.close()


def test_a_model_is_no_adapter(folder: Path) -> None:
    engine = scripted(folder)
    with pytest.raises(BadModel, match="no LoRA adapter"):
        say(engine, "Hi", adapters=(Adapter(path=str(folder / "scripted.gguf")),))
    engine.close()


# -- memories that cannot be rolled back ---------------------------------------------------------------------------


def test_a_recurrent_model_gives_the_same_answers_with_and_without_a_past(folder: Path) -> None:
    path = str(write_mamba(folder / "mamba.gguf"))
    sampling = Sampling(max_tokens=12)
    fresh = LlamaEngine(path=path, threads=1)
    expected = run(fresh, CAPITAL, sampling=sampling)[1]
    assert run(fresh, (Message("user", "Other"),), sampling=sampling)[1].cached_tokens == 0
    again = run(fresh, CAPITAL, sampling=sampling)[1]
    assert (again.text, again.cached_tokens) == (expected.text, 0)
    warmed = fresh.warm((SYSTEM,), JOB)
    assert run(fresh, CAPITAL, sampling=sampling)[1].text == expected.text
    assert warmed.prompt_tokens > 0
    fresh.close()


def test_a_recurrent_model_survives_a_cancel(folder: Path) -> None:
    engine = LlamaEngine(path=str(write_mamba(folder / "mamba.gguf")), threads=1)
    expected = run(engine, CAPITAL, sampling=Sampling(max_tokens=12))[1].text
    job = ControlledJob()
    stream = engine.generate(GenerateRequest(messages=CAPITAL, sampling=Sampling(max_tokens=400)), job)
    next(stream)
    job.cancel()
    with pytest.raises(Cancelled):
        for _ in stream:
            pass
    assert run(engine, CAPITAL, sampling=Sampling(max_tokens=12))[1].text == expected
    engine.close()


# -- mutated files: native code may die of one, so another process loads them ----------------------------------------

LOADER = """
import sys
from app.engines.job import NullJob
from app.engines.language.base import GenerateRequest, Message, Sampling
from app.engines.language.llama import LlamaEngine
from app.errors import DuetError
for path in sys.argv[1:]:
    print("trying", flush=True)
    try:
        engine = LlamaEngine(path=path, threads=1)
        request = GenerateRequest(messages=(Message("user", "Hi"),), sampling=Sampling(max_tokens=4))
        list(engine.generate(request, NullJob()))
        engine.close()
        print("loaded", flush=True)
    except DuetError as error:
        assert "\\n" not in str(error)
        print("refused", flush=True)
"""


def test_mutated_files_are_refused_or_load_but_raise_nothing_else(folder: Path) -> None:
    whole = write_model(folder / "model.gguf").read_bytes()
    chance = random.Random(5)
    paths = []
    for n in range(24):
        data = bytearray(whole)
        for _ in range(3):
            data[chance.randrange(24, 7000)] = chance.randrange(256)
        paths.append(folder / f"mutant{n}.gguf")
        paths[-1].write_bytes(data)
    left, outcomes = [str(p) for p in paths], []
    while left:  # a process that native code ended is replaced, as the worker's host does
        done = subprocess.run([sys.executable, "-c", LOADER, *left], capture_output=True, text=True, timeout=DEADLINE_S)
        assert done.returncode <= 0 or done.returncode == 134, done.stderr
        said = done.stdout.split()
        outcomes += [word for word in said if word != "trying"]
        tried = said.count("trying")
        if done.returncode:
            outcomes.append("died")
        left = left[tried:]
    assert len(outcomes) == len(paths)
    assert outcomes.count("refused") >= 1
