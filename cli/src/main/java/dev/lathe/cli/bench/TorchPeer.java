package dev.lathe.cli.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lathe.engine.error.ExitCode;
import dev.lathe.engine.error.LatheException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A Python process that times operations of PyTorch. It stays for as many as are asked, so that
/// both sides of a comparison can take turns.
final class TorchPeer implements AutoCloseable {
  private static final String SCRIPT = "torch_peer.py";
  private static final String END = "";

  private final Process process;
  private final Duration patience;
  private final BufferedWriter requests;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  /// What looking for PyTorch came to.
  sealed interface Search {

    /// @param version of PyTorch
    record Found(TorchPeer peer, String version) implements Search {}

    /// @param reason completes "no comparison with PyTorch: ..."
    record Missing(String reason) implements Search {}
  }

  /// What preparing an operation came to.
  sealed interface Preparation {

    /// @param method the fastest way that PyTorch has
    /// @param graph true if its launches are replayed as a CUDA graph
    record Ready(String method, boolean graph) implements Preparation {}

    record Refused(String reason) implements Preparation {}
  }

  private TorchPeer(Process process, Duration patience) {
    this.process = process;
    this.patience = patience;
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofVirtual().start(this::read);
  }

  /// Starts the process.
  ///
  /// @param python name or path of the interpreter
  /// @param patience how long an answer may take
  static Search find(String python, Duration patience) {
    TorchPeer peer;
    try {
      Process process =
          new ProcessBuilder(List.of(python, "-u", "-c", script()))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      peer = new TorchPeer(process, patience);
    } catch (IOException absent) {
      return new Search.Missing(python + " cannot be started: " + absent.getMessage());
    }
    Optional<JsonObject> hello = peer.answer();
    Optional<String> problem = problem(hello);
    if (problem.isPresent()) {
      peer.close();
      return new Search.Missing(problem.get());
    }
    return new Search.Found(peer, hello.orElseThrow().get("torch").getAsString());
  }

  private static String script() throws IOException {
    try (InputStream in = TorchPeer.class.getResourceAsStream(SCRIPT)) {
      return new String(Objects.requireNonNull(in, SCRIPT).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Hands lines over until the process ends.
  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          answers.add(line);
        }
      }
    } catch (IOException _) {
      // The process was ended; whoever waits for an answer hears of the end.
    } finally {
      answers.add(END);
    }
  }

  /// Gets an operation ready.
  Preparation prepare(TorchOperation operation) {
    Optional<JsonObject> answer = ask(operation.request());
    return problem(answer)
        .<Preparation>map(Preparation.Refused::new)
        .orElseGet(() -> ready(answer.orElseThrow()));
  }

  private static Preparation ready(JsonObject answer) {
    return new Preparation.Ready(
        answer.get("method").getAsString(), answer.get("graph").getAsBoolean());
  }

  /// Runs the operation that is ready some times, and returns the mean nanoseconds of one.
  ///
  /// @throws LatheException `torch-failed`, exit code 1, if the process cannot
  double sample() {
    JsonObject request = new JsonObject();
    request.addProperty("sample", true);
    Optional<JsonObject> answer = ask(request);
    Optional<String> problem = problem(answer);
    if (problem.isPresent()) {
      throw new LatheException(
          ExitCode.FAILURE,
          "torch-failed",
          "PyTorch cannot be timed: " + problem.get(),
          "trtllm-bench kernels --no_torch leaves it out");
    }
    return answer.orElseThrow().get("nanos").getAsDouble();
  }

  private Optional<JsonObject> ask(JsonObject request) {
    try {
      requests.write(request.toString());
      requests.newLine();
      requests.flush();
    } catch (IOException gone) {
      return failure("the process has ended: " + gone.getMessage());
    }
    return answer();
  }

  /// The next answer; empty if there is none in time, and then the process is ended.
  private Optional<JsonObject> answer() {
    try {
      String line = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        process.destroyForcibly();
        return Optional.empty();
      }
      if (line.equals(END)) {
        answers.add(END);
        return failure("the process has ended");
      }
      return Optional.of(JsonParser.parseString(line).getAsJsonObject());
    } catch (JsonParseException | IllegalStateException strange) {
      return failure("the answer is no JSON: " + strange.getMessage());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while PyTorch was timed", interruption);
    }
  }

  private static Optional<JsonObject> failure(String reason) {
    JsonObject object = new JsonObject();
    object.addProperty("error", reason);
    return Optional.of(object);
  }

  private static Optional<String> problem(Optional<JsonObject> answer) {
    if (answer.isEmpty()) {
      return Optional.of("no answer in time");
    }
    return Optional.ofNullable(answer.get().get("error")).map(error -> error.getAsString());
  }

  /// Ends the process.
  @Override
  public void close() {
    try {
      requests.close();
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException gone) {
      // It has ended by itself, or what it was asked last has not reached it.
      process.destroyForcibly();
    } catch (InterruptedException interruption) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
