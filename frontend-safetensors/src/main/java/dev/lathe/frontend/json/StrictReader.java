package dev.lathe.frontend.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.lathe.engine.json.ParserMessage;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/// A streaming reader of one JSON text in memory. Accepts RFC 8259 and nothing more; a string that
/// holds half a surrogate pair is refused, since it has no UTF-8 form.
public final class StrictReader {
  private static final Pattern DIGITS = Pattern.compile("0|[1-9][0-9]{0,18}");

  private final JsonReader reader;

  private StrictReader(JsonReader reader) {
    this.reader = reader;
  }

  /// @param maxDepth nested objects and arrays
  /// @param maxStringBytes bytes of one string as written
  public static StrictReader open(MemorySegment text, int maxDepth, int maxStringBytes)
      throws JsonFault {
    JsonLimits.checkStrings(text, maxStringBytes);
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    var reader = new JsonReader(new InputStreamReader(new SegmentInputStream(text), decoder));
    reader.setStrictness(Strictness.STRICT);
    reader.setNestingLimit(maxDepth);
    return new StrictReader(reader);
  }

  /// What is done with one member of an object; must read its value.
  @FunctionalInterface
  public interface Member {
    void read(String key) throws JsonFault;
  }

  /// What is done with one element of an array; must read it.
  @FunctionalInterface
  public interface Element {
    void read() throws JsonFault;
  }

  /// Reads an object. A key that occurs twice is refused.
  ///
  /// @param what names the object in an error
  public void object(String what, Member member) throws JsonFault {
    Set<String> keys = new HashSet<>();
    members(
        what,
        key -> {
          if (!keys.add(key)) {
            throw new JsonFault(
                JsonFault.Kind.DUPLICATE_KEY, what + " has the key " + shown(key) + " twice");
          }
          member.read(key);
        });
  }

  /// Reads an object whose keys the caller checks against each other.
  public void members(String what, Member member) throws JsonFault {
    expect(JsonToken.BEGIN_OBJECT, what, "an object");
    call(reader::beginObject);
    while (call(reader::hasNext)) {
      member.read(call(reader::nextName));
    }
    call(reader::endObject);
  }

  /// Reads an array.
  public void array(String what, Element element) throws JsonFault {
    expect(JsonToken.BEGIN_ARRAY, what, "an array");
    call(reader::beginArray);
    while (call(reader::hasNext)) {
      element.read();
    }
    call(reader::endArray);
  }

  /// Reads a string.
  public String string(String what) throws JsonFault {
    expect(JsonToken.STRING, what, "a string");
    return call(reader::nextString);
  }

  /// Reads a whole number from 0 to 2^63 - 1, written with digits alone.
  public long count(String what) throws JsonFault {
    expect(JsonToken.NUMBER, what, "a whole number");
    String text = call(reader::nextString);
    try {
      if (DIGITS.matcher(text).matches()) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      throw new JsonFault(JsonFault.Kind.TYPE, what + " is beyond 64 bits: " + text, e);
    }
    throw new JsonFault(
        JsonFault.Kind.TYPE, what + " must be a whole number from 0, but is " + shown(text));
  }

  /// Reads a number as it is written.
  String number(String what) throws JsonFault {
    expect(JsonToken.NUMBER, what, "a number");
    return call(reader::nextString);
  }

  boolean bool(String what) throws JsonFault {
    expect(JsonToken.BOOLEAN, what, "true or false");
    return call(reader::nextBoolean);
  }

  void skipNull() throws JsonFault {
    call(reader::nextNull);
  }

  /// Reads and forgets one value.
  public void skip() throws JsonFault {
    call(reader::skipValue);
  }

  JsonToken peek() throws JsonFault {
    return call(reader::peek);
  }

  /// Checks that nothing but white space follows.
  public void end() throws JsonFault {
    if (call(reader::peek) != JsonToken.END_DOCUMENT) {
      throw new JsonFault(JsonFault.Kind.SYNTAX, "something follows the JSON value");
    }
  }

  private void expect(JsonToken token, String what, String wanted) throws JsonFault {
    JsonToken found = call(reader::peek);
    if (found != token) {
      throw new JsonFault(
          JsonFault.Kind.TYPE, what + " must be " + wanted + ", but is " + describe(found));
    }
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case BEGIN_ARRAY -> "an array";
      case BEGIN_OBJECT -> "an object";
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case NULL -> "null";
      case NAME -> "a key";
      case END_ARRAY, END_OBJECT, END_DOCUMENT -> "missing";
    };
  }

  /// A text of a file as it may stand in a message: short, without control characters.
  public static String shown(String text) {
    var shown = new StringBuilder("'");
    text.codePoints()
        .limit(120)
        .forEach(c -> {
          if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            shown.append(String.format("\\u%04x", c));
          } else {
            shown.appendCodePoint(c);
          }
        });
    return shown.append(text.codePointCount(0, text.length()) > 120 ? "...'" : "'").toString();
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  private interface VoidCall {
    void run() throws IOException;
  }

  private static void call(VoidCall call) throws JsonFault {
    StrictReader.<Boolean>call(() -> {
      call.run();
      return true;
    });
  }

  private static <T> T call(Call<T> call) throws JsonFault {
    try {
      return call.run();
    } catch (CharacterCodingException e) {
      throw new JsonFault(JsonFault.Kind.ENCODING, "not UTF-8", e);
    } catch (MalformedJsonException | EOFException e) {
      boolean deep = String.valueOf(e.getMessage()).startsWith("Nesting limit");
      throw new JsonFault(
          deep ? JsonFault.Kind.LIMIT : JsonFault.Kind.SYNTAX, ParserMessage.of(e), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the text is in memory
    }
  }
}
