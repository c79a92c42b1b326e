package dev.lathe.engine.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.Iterator;
import java.util.Map;

/// Lays JSON out for people: a value stays on one line while it fits, else each member gets its
/// own.
final class JsonLayout {
  private static final int COLUMNS = 160;

  private final StringBuilder out = new StringBuilder();

  private JsonLayout() {}

  static String print(JsonElement element) {
    JsonLayout layout = new JsonLayout();
    layout.append(element, 0);
    return layout.out.append('\n').toString();
  }

  private void append(JsonElement element, int indent) {
    if (fits(element, COLUMNS - indent) >= 0) {
      appendLine(element);
    } else if (element.isJsonArray()) {
      open('[', indent);
      Iterator<JsonElement> items = element.getAsJsonArray().iterator();
      while (items.hasNext()) {
        append(items.next(), indent + 2);
        next(items.hasNext(), indent);
      }
      out.append(']');
    } else if (element.isJsonObject()) {
      open('{', indent);
      Iterator<Map.Entry<String, JsonElement>> members =
          element.getAsJsonObject().entrySet().iterator();
      while (members.hasNext()) {
        Map.Entry<String, JsonElement> member = members.next();
        out.append(new JsonPrimitive(member.getKey())).append(": ");
        append(member.getValue(), indent + 2);
        next(members.hasNext(), indent);
      }
      out.append('}');
    } else {
      out.append(element);
    }
  }

  private void open(char bracket, int indent) {
    out.append(bracket).append('\n').repeat(' ', indent + 2);
  }

  private void next(boolean more, int indent) {
    out.append(more ? ",\n" : "\n").repeat(' ', more ? indent + 2 : indent);
  }

  private void appendLine(JsonElement element) {
    if (element.isJsonArray()) {
      out.append('[');
      String separator = "";
      for (JsonElement item : element.getAsJsonArray()) {
        out.append(separator);
        appendLine(item);
        separator = ", ";
      }
      out.append(']');
    } else if (element.isJsonObject()) {
      out.append('{');
      String separator = "";
      for (Map.Entry<String, JsonElement> member : element.getAsJsonObject().entrySet()) {
        out.append(separator).append(new JsonPrimitive(member.getKey())).append(": ");
        appendLine(member.getValue());
        separator = ", ";
      }
      out.append('}');
    } else {
      out.append(element);
    }
  }

  /// Columns left after the element on a line that had so many; negative if it does not fit. Looks
  /// no further than the line, so that laying out takes linear time.
  private static int fits(JsonElement element, int columns) {
    int left = columns - 2;
    if (element.isJsonArray()) {
      for (JsonElement item : element.getAsJsonArray()) {
        left = left < 0 ? left : fits(item, left - 2);
      }
      return left;
    }
    if (element.isJsonObject()) {
      for (Map.Entry<String, JsonElement> member : element.getAsJsonObject().entrySet()) {
        left = left < 0 ? left : fits(member.getValue(), left - member.getKey().length() - 6);
      }
      return left;
    }
    return columns - element.getAsString().length() - 2;
  }
}
