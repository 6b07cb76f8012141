package io.stickycluster.internal.control;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** Writes named strings as a frame's payload and reads them back. */
public final class Fields {

  private Fields() {}

  /** Returns the fields as bytes. */
  public static byte[] encode(Map<String, String> fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeShort(fields.size());
      for (Map.Entry<String, String> field : new TreeMap<>(fields).entrySet()) {
        out.writeUTF(field.getKey());
        out.writeUTF(field.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a field too long for the control link", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Returns the fields of a payload.
   *
   * @throws IOException if the bytes are no fields
   */
  public static Map<String, String> decode(byte[] payload) throws IOException {
    Map<String, String> fields = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload))) {
      int count = in.readUnsignedShort();
      for (int i = 0; i < count; i++) {
        fields.put(in.readUTF(), in.readUTF());
      }
    }
    return fields;
  }

  /**
   * Returns a field that must be there.
   *
   * @throws IOException if it isn't
   */
  public static String require(Map<String, String> fields, String name) throws IOException {
    String value = fields.get(name);
    if (value == null) {
      throw new IOException("a control frame without the field " + name);
    }
    return value;
  }
}
