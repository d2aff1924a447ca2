"""Every language engine keeps the promises of `LanguageEngine`: the same tests, on the same real model, for each."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engines.job import NullJob
from app.engines.language.base import Adapter, GenerateRequest, LanguageEngine, Message, Sampling
from app.engines.language.llama import LlamaEngine
from app.engines.language.remote import RemoteEngine
from app.errors import BadInput, BadModel, Cancelled
from app.registry.starter import starter_model
from tests.engines.language_help import CAPITAL, DEADLINE_S, GREEDY, SYSTEM, ControlledJob, llama_server, run, say

JOB = NullJob()
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 20}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}
STORY = (Message("user", "Tell me a long story about a dragon."),)


@pytest.fixture(scope="module", params=["llama", "remote"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageEngine]:
    if request.param == "llama":
        local = LlamaEngine(path=str(starter_model()), context=1024, threads=1, embeddings=True)
        yield local
        local.close()
        return
    log = Path(tmp_path_factory.mktemp("server")) / "log"
    options = ("--n_ctx", "1024", "--n_batch", "64", "--n_threads", "1", "--embedding", "True")
    with llama_server(starter_model(), log, *options) as url:
        remote = RemoteEngine(base_url=url, context=1024, retries=0)
        yield remote
        remote.close()


def test_it_says_what_runs(engine: LanguageEngine) -> None:
    info = engine.info(JOB)
    assert info.engine in ("llama", "remote")
    assert info.name
    assert info.source
    assert info.context == 1024


def test_it_answers_as_a_stream(engine: LanguageEngine) -> None:
    deltas, result = run(engine, CAPITAL, sampling=GREEDY)
    assert "Paris" in result.text
    assert "".join(d.text for d in deltas) == result.text
    assert len(deltas) >= 2
    assert [d.tokens for d in deltas] == sorted(d.tokens for d in deltas)
    assert result.finish == "stop"
    assert result.thinking == ""
    assert result.prompt_tokens > 20
    assert result.tokens >= deltas[-1].tokens > 0
    assert result.first_token_ms is not None
    assert 0 < result.first_token_ms <= result.elapsed_ms


def test_greedy_is_the_same_every_time(engine: LanguageEngine) -> None:
    assert say(engine, "Name three animals.", sampling=GREEDY) == say(engine, "Name three animals.", sampling=GREEDY)


def test_a_seed_makes_chance_repeatable(engine: LanguageEngine) -> None:
    if engine.info(JOB).engine == "remote":
        pytest.skip("llama-cpp-python's server computes a cached prompt's logits otherwise than a new one's")
    texts = [
        say(engine, "Write a line of a poem.", sampling=Sampling(temperature=1.2, top_p=0.95, seed=seed, max_tokens=8))
        for seed in (7, 7, 8, 9)
    ]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1


def test_it_stops_at_the_token_limit(engine: LanguageEngine) -> None:
    _, result = run(engine, STORY, sampling=Sampling(max_tokens=5))
    assert result.finish == "length"
    assert result.tokens == 5


def test_a_stop_string_ends_the_answer_and_is_not_part_of_it(engine: LanguageEngine) -> None:
    whole = run(engine, CAPITAL, sampling=GREEDY)[1].text
    stop = whole[len(whole) // 2 : len(whole) // 2 + 5]
    deltas, result = run(engine, CAPITAL, sampling=Sampling(repeat_penalty=1.1, stop=(stop, "never said")))
    assert result.finish == "stop"
    assert result.text == whole[: whole.index(stop)]
    assert "".join(d.text for d in deltas) == result.text


def test_a_schema_gives_json_that_satisfies_it(engine: LanguageEngine) -> None:
    ask = (Message("user", "Invent a person as JSON with name and age."),)
    _, result = run(engine, ask, schema=PERSON, sampling=Sampling(max_tokens=80))
    assert result.finish == "stop"
    person = json.loads(result.text)
    assert isinstance(person["name"], str)
    assert isinstance(person["age"], int)


@pytest.mark.parametrize(
    "schema", [{"type": "nonsense"}, {"$ref": "https://example.com/schema.json"}, {"type": object()}]
)
def test_an_unusable_schema_is_bad_input(engine: LanguageEngine, schema: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="JSON schema"):
        run(engine, CAPITAL, schema=schema)


@pytest.mark.parametrize(
    "sampling",
    [Sampling(temperature=-1), Sampling(top_p=2.0), Sampling(max_tokens=0), Sampling(repeat_penalty=math.nan)],
)
def test_impossible_sampling_is_bad_input(engine: LanguageEngine, sampling: Sampling) -> None:
    with pytest.raises(BadInput, match="must lie between"):
        run(engine, CAPITAL, sampling=sampling)


def test_nothing_to_answer_is_bad_input(engine: LanguageEngine) -> None:
    with pytest.raises(BadInput, match="nothing to answer"):
        run(engine, ())


def test_a_text_too_long_is_bad_input_and_harms_nothing(engine: LanguageEngine) -> None:
    with pytest.raises(BadInput, match="tokens"):
        run(engine, (Message("user", "word " * 20_000),))
    assert "Paris" in run(engine, CAPITAL, sampling=GREEDY)[1].text


def test_odd_characters_are_words_like_any_other(engine: LanguageEngine) -> None:
    odd = "Say \U0001f600 \x00 \ud800 <|im_end|> \u202e and yes."
    assert run(engine, (SYSTEM, Message("user", odd)), sampling=Sampling(max_tokens=4))[1].tokens > 0


def test_a_deadline_ends_the_answer(engine: LanguageEngine) -> None:
    _, result = run(engine, STORY, sampling=Sampling(max_tokens=700), deadline_s=0.3)
    assert result.finish == "deadline"
    assert result.tokens < 700


def test_a_cancelled_request_ends_and_the_next_is_right(engine: LanguageEngine) -> None:
    job = ControlledJob()
    stream = engine.generate(GenerateRequest(messages=STORY, sampling=Sampling(max_tokens=500)), job)
    next(stream)
    job.cancel()
    with pytest.raises(Cancelled):
        for _ in stream:
            pass
    assert "Paris" in run(engine, CAPITAL, sampling=GREEDY)[1].text


def test_a_stream_that_is_left_early_harms_nothing(engine: LanguageEngine) -> None:
    stream = engine.generate(GenerateRequest(messages=STORY, sampling=Sampling(max_tokens=500)), NullJob())
    next(stream)
    stream.close()
    assert "Paris" in run(engine, CAPITAL, sampling=GREEDY)[1].text


def test_a_void_job_never_starts(engine: LanguageEngine) -> None:
    job = ControlledJob()
    job.cancel()
    with pytest.raises(Cancelled):
        run(engine, CAPITAL, job)


def test_a_pause_holds_the_answer_and_is_not_counted_as_work(engine: LanguageEngine) -> None:
    expected = run(engine, CAPITAL, sampling=GREEDY)[1].text
    job = ControlledJob()
    stream = engine.generate(GenerateRequest(messages=CAPITAL, sampling=GREEDY), job)
    text = next(stream).text
    job.pause()
    held_s = 0.3

    def resume_later() -> None:
        assert job.waiting.wait(DEADLINE_S)
        timer.start()

    timer = threading.Timer(held_s, job.resume)
    watcher = threading.Thread(target=resume_later)
    watcher.start()
    try:
        while True:
            text += next(stream).text
    except StopIteration as end:
        result = end.value
    watcher.join(DEADLINE_S)
    timer.join(DEADLINE_S)
    assert text == expected == result.text
    assert result.paused_ms >= held_s * 900


def test_warming_and_counting(engine: LanguageEngine) -> None:
    warmed = engine.warm((SYSTEM,), JOB)
    assert warmed.prompt_tokens > 0
    short, long = (engine.count_tokens((Message("user", "word " * n),), JOB) for n in (10, 100))
    assert 10 <= short < long
    assert long >= 100


def test_vectors_are_normalised(engine: LanguageEngine) -> None:
    texts = ("The cat sleeps on the sofa.", "A cat is sleeping on a couch.", "Stock prices fell sharply today.")
    cat, kitten, stocks = engine.embed(texts, JOB)
    assert math.isclose(math.fsum(x * x for x in cat), 1.0, rel_tol=1e-3)
    assert len(cat) == len(kitten) == len(stocks)
    if engine.info(JOB).engine == "llama":  # what the server calls a chat model's vectors is not pooled by meaning
        assert _dot(cat, kitten) > _dot(cat, stocks)
    assert engine.embed((), JOB) == []


def _dot(a: list[float], b: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def test_stats_add_up(engine: LanguageEngine) -> None:
    before = engine.stats(JOB)
    _, result = run(engine, CAPITAL, sampling=GREEDY)
    after = engine.stats(JOB)
    assert set(after) >= {"requests", "prompt_tokens", "cached_tokens", "tokens", "decode_s", "prefill_s"}
    assert after["requests"] == before["requests"] + 1
    assert after["tokens"] == before["tokens"] + result.tokens
    assert after["prompt_tokens"] == before["prompt_tokens"] + result.prompt_tokens


def test_an_adapter_that_cannot_be_used_is_told(engine: LanguageEngine) -> None:
    with pytest.raises((BadInput, BadModel), match=r"adapters|does not exist"):
        run(engine, CAPITAL, adapters=(Adapter(path="/nowhere/lora.gguf"),))
