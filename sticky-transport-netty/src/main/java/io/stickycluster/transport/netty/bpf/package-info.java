/** Steering programs as classic BPF, for the kernel's choice among SO_REUSEPORT listeners. */
@org.jspecify.annotations.NullMarked
package io.stickycluster.transport.netty.bpf;
