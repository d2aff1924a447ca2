"""Makes small, real GGUF files: a language model whose every answer is known, a LoRA adapter for it, and other kinds.

The model is a llama with one block whose attention and feed-forward weights are zero, one-hot embeddings and an output
matrix that is a table of successors: after each token it says exactly the next one of its script. After the newline
with which its chat template ends, the script begins. It says nothing about quality, and everything about plumbing.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROL = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
EOS = CONTROL.index("</s>")
WIDTH = 320
HELLO = ("Hello", " there", ",", " how", " are", " you", "?")


def byte_token(value: int) -> int:
    return len(CONTROL) + value


def _token_types() -> list[int]:
    kinds = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * (len(CONTROL) - 1)
    return [int(k) for k in kinds] + [int(gguf.TokenType.BYTE)] * 256


def _vocabulary(script: Sequence[str | bytes]) -> tuple[list[str], list[int], list[int]]:
    """Token texts, their types, and the script as ids; a `bytes` item stands for those byte tokens."""
    texts = [*CONTROL, *(f"<0x{b:02X}>" for b in range(256))]
    types = _token_types()
    ids: list[int] = []
    for item in script:
        if isinstance(item, bytes):
            ids.extend(byte_token(b) for b in item)
            continue
        texts.append(item.replace(" ", "\u2581"))
        types.append(int(gguf.TokenType.NORMAL))
        ids.append(len(texts) - 1)
    assert len(set(texts)) == len(texts), "each token of a script may stand in it once"
    assert len(set(ids)) == len(ids) <= len(texts) <= WIDTH
    return texts, types, ids


def successors(ids: Sequence[int], size: int) -> np.ndarray:
    """The output matrix: row n is the one-hot of the token after which n comes; everything ends with the end token."""
    table = np.zeros((size, WIDTH), dtype=np.float32)
    chain = [byte_token(ord("\n")), *ids, EOS]
    table[EOS, :] = 0.5
    for token, following in itertools.pairwise(chain):
        table[following, token] = 1.0
    return table


def write_model(
    path: Path,
    script: Sequence[str | bytes] = HELLO,
    *,
    template: str | None = TEMPLATE,
    context: int = 512,
    name: str = "Scripted",
    type: str | None = "model",
) -> Path:
    """A GGUF language model of about 2 MB that says `script`."""
    texts, types, ids = _vocabulary(script)
    writer = gguf.GGUFWriter(str(path), "llama")
    if type is not None:
        writer.add_type(type)
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(32)
    writer.add_head_count(10)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(0)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(texts)
    writer.add_token_scores([0.0] * len(texts))
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(EOS)
    writer.add_eot_token_id(CONTROL.index("<|im_end|>"))
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    if template is not None:
        writer.add_chat_template(template)
    identity = np.zeros((len(texts), WIDTH), dtype=np.float32)
    identity[np.arange(len(texts)), np.arange(len(texts))] = 1.0
    writer.add_tensor("token_embd.weight", identity)
    writer.add_tensor("output.weight", successors(ids, len(texts)))
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    _add_block(writer)
    _write(writer)
    return path


def _add_block(writer: gguf.GGUFWriter) -> None:
    writer.add_tensor("blk.0.attn_norm.weight", np.ones(WIDTH, dtype=np.float32))
    writer.add_tensor("blk.0.ffn_norm.weight", np.ones(WIDTH, dtype=np.float32))
    for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{part}.weight", np.zeros((WIDTH, WIDTH), dtype=np.float32))
    for part, shape in (("ffn_gate", (32, WIDTH)), ("ffn_up", (32, WIDTH)), ("ffn_down", (WIDTH, 32))):
        writer.add_tensor(f"blk.0.{part}.weight", np.zeros(shape, dtype=np.float32))


def write_adapter(
    path: Path, *, after: int, say: int, vocabulary: int, width: int = WIDTH, architecture: str = "llama"
) -> Path:
    """A LoRA of rank 1 on the output matrix: after the token `after` the model says `say` instead."""
    a = np.zeros((1, width), dtype=np.float32)
    b = np.zeros((vocabulary, 1), dtype=np.float32)
    a[0, after], b[say, 0] = 10.0, 1.0
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 1.0)
    writer.add_tensor("output.weight.lora_a", a)
    writer.add_tensor("output.weight.lora_b", b)
    _write(writer)
    return path


def write_other(path: Path, architecture: str, type: str | None = None) -> Path:
    """A valid GGUF file that is no language model, e.g. architecture "clip" or "whisper"."""
    writer = gguf.GGUFWriter(str(path), architecture)
    if type is not None:
        writer.add_type(type)
    writer.add_name("other")
    writer.add_tensor("some.weight", np.ones((4, 32), dtype=np.float32))
    _write(writer)
    return path


def write_mamba(path: Path, *, seed: int = 1) -> Path:
    """A GGUF of the recurrent architecture mamba with random weights: its memory cannot be rolled back."""
    rng = np.random.default_rng(seed)
    texts, types, _ = _vocabulary(())
    width, inner, state, rank, kernel = 32, 64, 8, 4, 4
    writer = gguf.GGUFWriter(str(path), "mamba")
    writer.add_type("model")
    writer.add_name("Recurrent")
    writer.add_context_length(512)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_block_count(1)
    writer.add_ssm_conv_kernel(kernel)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(rank)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(texts)
    writer.add_token_scores([0.0] * len(texts))
    writer.add_token_types(types)
    writer.add_eos_token_id(EOS)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)

    def random(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.5, shape).astype(np.float32)

    tensors = {
        "token_embd.weight": random(len(texts), width),
        "output_norm.weight": np.ones(width, dtype=np.float32),
        "output.weight": random(len(texts), width),
        "blk.0.attn_norm.weight": np.ones(width, dtype=np.float32),
        "blk.0.ssm_in.weight": random(2 * inner, width),
        "blk.0.ssm_conv1d.weight": random(inner, kernel),
        "blk.0.ssm_conv1d.bias": random(inner),
        "blk.0.ssm_x.weight": random(rank + 2 * state, inner),
        "blk.0.ssm_dt.weight": random(inner, rank),
        "blk.0.ssm_dt.bias": random(inner),
        "blk.0.ssm_a": -np.abs(random(inner, state)),
        "blk.0.ssm_d": random(inner),
        "blk.0.ssm_out.weight": random(width, inner),
    }
    for name, values in tensors.items():
        writer.add_tensor(name, values)
    _write(writer)
    return path


def _write(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
