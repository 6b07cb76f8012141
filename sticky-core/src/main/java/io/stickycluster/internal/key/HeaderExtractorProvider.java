package io.stickycluster.internal.key;

import io.stickycluster.spi.KeyExtractor;
import io.stickycluster.spi.KeyExtractorProvider;
import io.stickycluster.spi.RequestHead;

/**
 * {@code header:NAME}: for X-Forwarded-For and Forwarded the address in it, for any other header
 * its text.
 */
public final class HeaderExtractorProvider implements KeyExtractorProvider {

  @Override
  public String name() {
    return "header";
  }

  @Override
  public String argument() {
    return "NAME";
  }

  @Override
  public KeyExtractor create(String argument) {
    TextKeys.requireToken(argument, "header");
    if (argument.equalsIgnoreCase(ForwardedExtractor.X_FORWARDED_FOR)) {
      return new ForwardedExtractor(
          ForwardedExtractor.X_FORWARDED_FOR, ForwardedExtractor.Syntax.PLAIN);
    }
    if (argument.equalsIgnoreCase(ForwardedExtractor.FORWARDED)) {
      return new ForwardedExtractor(
          ForwardedExtractor.FORWARDED, ForwardedExtractor.Syntax.PARAMETERS);
    }
    return head -> extract(head, argument);
  }

  /** The first line of this name counts. */
  private static KeyExtractor.Result extract(RequestHead head, String name) {
    for (int i = 0; i < head.headerCount(); i++) {
      if (head.isHeader(i, name)) {
        return TextKeys.key(head.headerValue(i));
      }
    }
    return TextKeys.missing(head);
  }
}
