# A machine with systemd and a clone that was built, as ops/install-service wants it. Only for test_systemd.py.
ARG IMAGE=dexterous-tts:test
FROM ${IMAGE} AS built

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends systemd systemd-sysv dbus && rm -rf /var/lib/apt/lists/*
COPY --from=built /usr/local/bin/ /clone/target/release/
COPY --from=built /usr/local/lib/libonnxruntime.so /clone/
ENV container=docker ORT_DYLIB_PATH=/clone/libonnxruntime.so
STOPSIGNAL SIGRTMIN+3
CMD ["/lib/systemd/systemd"]
