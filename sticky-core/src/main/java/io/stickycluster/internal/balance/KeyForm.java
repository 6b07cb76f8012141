package io.stickycluster.internal.balance;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The form in which a client's address is hashed. */
public enum KeyForm {
  /** The 4 or 16 bytes of the address; IPv4-mapped IPv6 counts as IPv4. The fastest form. */
  BYTES("bytes"),

  /**
   * The address as text: {@code 192.0.2.1}, {@code 2001:db8::1}. What Node hashes behind a listener
   * for IPv4 only.
   */
  TEXT("text"),

  /**
   * The address as Node prints it behind its default, dual-stack listener: IPv4 clients read {@code
   * ::ffff:192.0.2.1}. A link-local client's zone, which Node appends, is left out: it names a
   * network interface of one host.
   */
  NODE_TEXT("node-text");

  private final String label;

  KeyForm(String label) {
    this.label = label;
  }

  /** Returns the name users choose this form by. */
  public String label() {
    return label;
  }

  /**
   * Returns the form of a name.
   *
   * @throws IllegalArgumentException if there is none; says which there are
   */
  public static KeyForm of(String label) {
    for (KeyForm form : values()) {
      if (form.label.equals(label)) {
        return form;
      }
    }
    throw new IllegalArgumentException(
        "no key form '%s': there are %s"
            .formatted(
                label,
                Arrays.stream(values()).map(KeyForm::label).collect(Collectors.joining(", "))));
  }

  @Override
  public String toString() {
    return label;
  }
}
