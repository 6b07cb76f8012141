package io.stickycluster.spi;

/**
 * Makes key extractors of one kind; found by {@link java.util.ServiceLoader} and chosen by name in
 * a key specification such as {@code cookie:sid}, where {@code cookie} is the name and {@code sid}
 * the argument.
 *
 * <p>Implementations need a public no-argument constructor that does not throw. {@code ip} and
 * {@code proxy} are words of the specification itself and no provider's name.
 */
public interface KeyExtractorProvider {

  /** Returns the name users choose this kind by: letters, digits and dashes. */
  String name();

  /** Returns a word for what stands behind the colon, such as {@code NAME}, for messages. */
  String argument();

  /**
   * Makes an extractor.
   *
   * @param argument what stands behind the colon; empty if there is nothing
   * @throws IllegalArgumentException if the argument is not one; says in one line what is wrong
   */
  KeyExtractor create(String argument);
}
