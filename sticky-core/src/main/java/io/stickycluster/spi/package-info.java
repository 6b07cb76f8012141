/** What others plug in: hash strategies, balancers, transports and client keys. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.spi;
