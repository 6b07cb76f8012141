package io.stickycluster;

/**
 * How a worker ended.
 *
 * @param code the exit code; 128 + n for signal n, as shells say it
 * @param planned whether the master had asked for it
 * @param wasReady whether the worker had ever served
 * @param words the same for people, such as {@code killed by SIGKILL}
 */
public record WorkerExit(int code, boolean planned, boolean wasReady, String words) {}
