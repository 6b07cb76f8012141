/** The example: a Socket.IO chat. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.example;
