#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/follow.hpp"
#include "cli/show.hpp"

#include "vigil/v1/envelope.pb.h"
#include "vigil/v1/query.pb.h"
#include "wire/topic.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>

namespace vigil::cli {

namespace {

volatile std::sig_atomic_t interrupted = 0;

void watch_for_interrupts() {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

struct Options {
    std::string prefix;
    bool once = false;
    double seconds = 0;
    bool json = false;
};

class Watch {
public:
    Watch(Client& client, Options const& options)
        : client_(client),
          options_(options),
          follow_(options.prefix) {}

    int run() {
        client_.subscribe(options_.prefix);
        client_.subscribe("vigil.v1.sys.");
        // A subscription takes effect some time after it was made; once a digest is heard, nothing after it can be
        // missed.
        wait_for_feed();
        if (!snapshot()) return interrupted != 0 ? Exit::ok : nobody_answers();
        if (options_.once) return Exit::ok;
        const auto end =
            options_.seconds > 0 ? now_ms() + static_cast<std::int64_t>(options_.seconds * 1000) : INT64_MAX;
        while (interrupted == 0 && !closed_ && now_ms() < end) turn();
        return Exit::ok;
    }

private:
    static constexpr int feed_patience_ms = 3000;

    void wait_for_feed() {
        const auto until = now_ms() + feed_patience_ms;
        while (now_ms() < until && interrupted == 0)
            if (auto message = client_.next(std::chrono::milliseconds(100))) {
                held_.push_back(*std::move(message));
                return;
            }
    }

    void turn() {
        std::optional<FeedMessage> message;
        if (!held_.empty()) {
            message = std::move(held_.front());
            held_.erase(held_.begin());
        } else
            message = client_.next(std::chrono::milliseconds(250));
        if (message) hear(*message);
        if (follow_.overdue(now_ms())) repair("the digest speaks of messages that did not arrive");
        note_silence();
    }

    void hear(FeedMessage const& message) {
        v1::Envelope envelope;
        if (message.envelope.empty() || !envelope.ParseFromString(message.envelope)) {
            complain("an unreadable message under " + message.topic);
            return;
        }
        const auto heard = follow_.message(message.topic, envelope.epoch(), envelope.seq(), envelope.count());
        if (heard == Follow::Heard::new_epoch) return restart();
        if (envelope.has_digest()) take_digest(message.topic, envelope.digest());
        if (heard == Follow::Heard::known) return;
        show(message.topic, envelope);
        if (heard == Follow::Heard::gap) repair("messages under " + message.topic + " are missing");
    }

    void take_digest(std::string const& topic, v1::Digest const& digest) {
        const auto parts = wire::parse_topic(topic);
        if (!parts) return;
        for (auto const& one : digest.counts())
            follow_.digest_count(one.cls(), std::string(parts->site) + "." + one.unit() + "." + one.bed(), one.count(),
                                 now_ms());
        if (digest.part() + 1 >= digest.parts()) follow_.digest_end(digest.last_seq(), now_ms());
        silent_told_ = false;
    }

    // What was committed before a start and not yet published is not lost: it is in the journal, so both begin with a
    // replay.
    void restart() {
        complain("vigild started again; repairing");
        if (!replay() || !snapshot()) complain("no answer yet; trying again");
    }

    void repair(std::string const& why) {
        complain(why + "; repairing");
        if (!replay() || !snapshot()) complain("no answer to the repair; trying again");
    }

    bool snapshot() {
        v1::QueryRequest request;
        request.mutable_snapshot()->set_prefix(options_.prefix);
        for (;;) {
            v1::QueryReply reply;
            request.clear_id();
            if (!ask(request, reply)) return false;
            last_ = {reply.epoch(), reply.last_seq()};
            for (auto const& one : reply.publications()) show_once(one.topic(), one.envelope());
            if (!reply.more()) break;
            request.mutable_snapshot()->set_from_index(reply.next_index());
        }
        follow_.repaired(last_.epoch, last_.seq, now_ms());
        return true;
    }

    bool replay() {
        v1::QueryRequest request;
        request.mutable_replay()->set_prefix(options_.prefix);
        for (std::uint64_t from = follow_.safe_seq();;) {
            v1::QueryReply reply;
            request.clear_id();
            request.mutable_replay()->set_from_seq(from);
            if (!ask(request, reply)) return false;
            for (auto const& one : reply.publications()) show_once(one.topic(), one.envelope());
            // A page may hold nothing under the prefix and still move on.
            if (!reply.more() || reply.last_seq() <= from) return true;
            from = reply.last_seq();
        }
    }

    void show_once(std::string const& topic, v1::Envelope const& envelope) {
        if (follow_.first_time(topic, envelope.epoch(), envelope.seq(), envelope.count())) show(topic, envelope);
    }

    bool ask(v1::QueryRequest& request, v1::QueryReply& reply) {
        if (!client_.ask(request, reply)) return false;
        if (!reply.error().empty()) complain("vigild: " + reply.error());
        return reply.error().empty();
    }

    void note_silence() {
        if (!follow_.silent(now_ms()) || silent_told_) return;
        silent_told_ = true;
        complain("the feed is silent: nothing below can be taken for the present state");
    }

    void show(std::string const& topic, v1::Envelope const& envelope) {
        const std::string line =
            options_.json ? json_of(topic, envelope) : line_of(topic, envelope, colour_on_stdout());
        if (line.empty()) return;
        closed_ = std::fputs(line.c_str(), stdout) < 0 || std::fputc('\n', stdout) < 0 || std::fflush(stdout) != 0;
    }

    struct Last {
        std::uint64_t epoch = 0, seq = 0;
    };
    Client& client_;
    Options const& options_;
    Follow follow_;
    Last last_;
    std::vector<FeedMessage> held_;
    bool silent_told_ = false;
    bool closed_ = false;
};

int run_watch(Session const& session, Options options) {
    options.json = session.json;
    options.prefix = watch_prefix(options.prefix);
    if (options.prefix.empty()) {
        complain("that is no beginning of a topic: vigil.v1.CLASS.SITE.UNIT.BED.KEY, whole words only");
        return Exit::usage;
    }
    auto client = connect(session);
    if (auto const* failed = std::get_if<int>(&client)) return *failed;
    watch_for_interrupts();
    return Watch(*std::get<0>(client), options).run();
}

} // namespace

void add_watch(CLI::App& app, Session& session) {
    auto* sub = app.add_subcommand(
        "watch", "Show what vigild publishes: the present state, then live; repairs itself after a gap");
    auto options = std::make_shared<Options>();
    sub->add_option("PREFIX", options->prefix,
                    "Beginning of the topics, such as vigil.v1.alert. or vigil.v1.score.demo.icu1.");
    sub->add_flag("--once", options->once, "The present state only");
    sub->add_option("--seconds", options->seconds, "Stop after so long")->check(CLI::PositiveNumber);
    sub->add_flag("--json", session.json, "One JSON object a line");
    sub->callback([&session, options] { session.run = [&session, options] { return run_watch(session, *options); }; });
}

} // namespace vigil::cli
