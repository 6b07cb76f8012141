package io.stickycluster.internal.key;

import io.stickycluster.spi.KeyExtractor;
import io.stickycluster.spi.KeyExtractor.Result;
import io.stickycluster.spi.KeyExtractorProvider;
import io.stickycluster.spi.RequestHead;
import java.nio.ByteBuffer;

/**
 * {@code cookie:NAME}: a cookie's value, without the quotes RFC 6265 allows around it. Names are
 * case-sensitive; of several cookies of one name the first counts.
 */
public final class CookieExtractorProvider implements KeyExtractorProvider {

  @Override
  public String name() {
    return "cookie";
  }

  @Override
  public String argument() {
    return "NAME";
  }

  @Override
  public KeyExtractor create(String argument) {
    TextKeys.requireToken(argument, "cookie");
    return head -> extract(head, argument);
  }

  private static Result extract(RequestHead head, String name) {
    for (int i = 0; i < head.headerCount(); i++) {
      if (head.isHeader(i, "Cookie")) {
        ByteBuffer value = head.headerValue(i);
        if (TextKeys.narrow(value, ';', name)) {
          unquote(value);
          return TextKeys.key(value);
        }
      }
    }
    return TextKeys.missing(head);
  }

  private static void unquote(ByteBuffer value) {
    if (value.remaining() >= 2
        && value.get(value.position()) == '"'
        && value.get(value.limit() - 1) == '"') {
      value.limit(value.limit() - 1).position(value.position() + 1);
    }
  }
}
