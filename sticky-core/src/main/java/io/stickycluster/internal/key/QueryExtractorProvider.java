package io.stickycluster.internal.key;

import io.stickycluster.spi.KeyExtractor;
import io.stickycluster.spi.KeyExtractor.Result;
import io.stickycluster.spi.KeyExtractorProvider;
import io.stickycluster.spi.RequestHead;
import java.nio.ByteBuffer;

/**
 * {@code query:NAME}: a parameter in the query of the request's target, as it was sent: percent
 * signs are not decoded. Of several parameters of one name the first counts.
 */
public final class QueryExtractorProvider implements KeyExtractorProvider {

  @Override
  public String name() {
    return "query";
  }

  @Override
  public String argument() {
    return "NAME";
  }

  @Override
  public KeyExtractor create(String argument) {
    if (!argument.matches("[!-~&&[^&=#,]]+")) {
      throw new IllegalArgumentException("'" + argument + "' is not the name of a query parameter");
    }
    return head -> extract(head, argument);
  }

  private static Result extract(RequestHead head, String name) {
    ByteBuffer target = head.target();
    if (target == null) {
      return TextKeys.missing(head);
    }
    int query = TextKeys.indexOf(target, '?', 0, target.limit());
    if (query == target.limit()) {
      return KeyExtractor.Missing.ABSENT;
    }
    target.position(query + 1).limit(TextKeys.indexOf(target, '#', query, target.limit()));
    return TextKeys.narrow(target, '&', name) ? TextKeys.key(target) : KeyExtractor.Missing.ABSENT;
  }
}
