"""What the openai client does besides chat: operations, what vendors keep, and realtime sessions, at the built-in mock."""
import json
import os

import openai

base, key = os.environ["SLUICE_URL"], os.environ["SLUICE_API_KEY"]
client = openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0)
at_mock = client.with_options(default_headers={"x-sluice-provider": "mock"})


def session(text):
    """Asks one question in a session."""
    with client.realtime.connect(model="mock/realtime") as connection:
        connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        connection.conversation.item.create(item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
        connection.response.create()
        said = ""
        for event in connection:
            if event.type == "response.output_text.delta":
                said += event.delta
            elif event.type == "response.done":
                return {"text": said, "usage": event.response.usage.total_tokens}
            elif event.type == "error":
                return {"error": event.error.message}


def refused(call):
    try:
        call()
    except openai.APIStatusError as err:
        return {"status": err.status_code, "param": (err.body or {}).get("param")}
    except Exception as err:  # of the WebSocket library
        return {"status": getattr(getattr(err, "response", None), "status_code", 0), "name": type(err).__name__}


def nobody():
    with client.realtime.connect(model="mock/nobody"):
        pass


recording = ("a.wav", bytes([0, 255, 1, 2]))
file = at_mock.files.create(file=("batch.jsonl", b'{"custom_id":"1"}\n'), purpose="batch")
batch = at_mock.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
upload = at_mock.uploads.create(bytes=3, filename="a", mime_type="text/plain", purpose="batch")
part = at_mock.uploads.parts.create(upload.id, data=b"abc")
job = at_mock.fine_tuning.jobs.create(model="echo", training_file=file.id)
image = client.images.generate(model="mock/image", prompt="A cat", n=2)
print(json.dumps({
    "session": session("Hello from Python"),
    "nobody": refused(nobody),
    "completion": client.completions.create(model="mock/echo", prompt="Hello you").choices[0].text,
    "flagged": [r.flagged for r in client.moderations.create(model="mock/moderate", input=["peace", "violence"]).results],
    "embeddings": [len(e.embedding) for e in client.embeddings.create(model="mock/embed", input=["a", "b"]).data],
    "images": len(image.data), "caption": image.data[0].revised_prompt,
    "edit": client.images.edit(model="mock/image", prompt="A dog", image=[("a.png", b"png"), ("b.png", b"png")]).data[0].revised_prompt,
    "variations": len(client.images.create_variation(model="mock/image", image=("a.png", b"png")).data),
    "speech": client.audio.speech.create(model="mock/speech", voice="alloy", input="Hello").content[:4].decode(),
    "transcription": client.audio.transcriptions.create(model="mock/transcribe", file=recording).text,
    "pieces": [e.type for e in client.audio.transcriptions.create(model="mock/transcribe", file=recording, stream=True)],
    "translation": client.audio.translations.create(model="mock/transcribe", file=recording, prompt="Guten Tag").text,
    "file": at_mock.files.retrieve(file.id).id, "listed": [f.id for f in at_mock.files.list()], "content": len(at_mock.files.content(file.id).content) > 0,
    "batch": at_mock.batches.retrieve(batch.id).status, "part": part.id, "job": job.id, "shown": at_mock.fine_tuning.jobs.retrieve(job.id).id,
    "jobs": [j.id for j in at_mock.fine_tuning.jobs.list()], "cancelled": at_mock.fine_tuning.jobs.cancel(job.id).id,
    "deleted": at_mock.files.delete(file.id).deleted,
    "no_model": refused(lambda: client.images.generate(prompt="A cat", model="")),
    "foreign": refused(lambda: at_mock.fine_tuning.jobs.create(model="echo", training_file="file-of-nobody")),
}))
