package io.stickycluster.example;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the page, held in memory. */
final class Assets {

  private static final String FOLDER = "/web/";

  private final Map<String, Asset> byPath = new HashMap<>();

  /**
   * Reads them from the class path.
   *
   * @throws UncheckedIOException if one can't be read
   */
  Assets() {
    add("/", "index.html", "text/html; charset=utf-8");
    add("/app.css", "app.css", "text/css; charset=utf-8");
    add("/app.js", "app.js", "text/javascript; charset=utf-8");
    add("/socket.js", "socket.js", "text/javascript; charset=utf-8");
  }

  /** Returns the file at a path, or null if there is none. */
  @Nullable Asset at(String path) {
    return byPath.get(path);
  }

  private void add(String path, String file, String type) {
    try (InputStream in = Assets.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IOException(FOLDER + file + " is missing on the class path: rebuild the example");
      }
      byPath.put(path, new Asset(in.readAllBytes(), type));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One file. Its bytes are shared: nobody changes them. */
  static final class Asset {
    private final byte[] bytes;
    private final String type;

    private Asset(byte[] bytes, String type) {
      this.bytes = bytes;
      this.type = type;
    }

    byte[] bytes() {
      return bytes;
    }

    String type() {
      return type;
    }
  }
}
