package io.stickycluster.example;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/** What {@code /whoami} answers. */
record WhoIs(int worker, long id, long pid, String client, Map<String, String> env) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static WhoIs of(TestHttp.Response response) {
    if (response.status() != 200) {
      throw new AssertionError("/whoami answered " + response);
    }
    try {
      return JSON.readValue(response.body(), WhoIs.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError("/whoami answered " + response, e);
    }
  }
}
