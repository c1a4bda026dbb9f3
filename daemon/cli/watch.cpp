#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/follow.hpp"
#include "cli/show.hpp"
#include "command_line/command_line.hpp"

#include "vigil/v1/envelope.pb.h"
#include "vigil/v1/query.pb.h"
#include "wire/topic.hpp"

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
        client_.subscribe(follow_.prefix());
        client_.subscribe("vigil.v1.sys.");
        // A subscription takes effect some time after it was made; once a digest is heard, nothing after it can be
        // missed.
        wait_for_feed();
        if (!repair()) return interrupted != 0 ? Exit::ok : nobody_answers();
        if (options_.once) return Exit::ok;
        const auto end =
            options_.seconds > 0 ? now_ms() + static_cast<std::int64_t>(options_.seconds * 1000) : INT64_MAX;
        while (interrupted == 0 && !closed_ && now_ms() < end) turn();
        return Exit::ok;
    }

private:
    static constexpr int feed_patience_ms = 3000;
    static constexpr std::int64_t drain_ms = 2000;
    static constexpr std::int64_t retry_ms = 1000;

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
            message = client_.next(std::chrono::milliseconds(torn_ms_ && try_ms_ <= now_ms() ? 0 : 250));
        if (message) hear(*message);
        if (follow_.overdue(now_ms())) tear("the digest speaks of messages that did not arrive");
        if (torn_ms_) mend(message.has_value());
        note_silence();
    }

    void hear(FeedMessage const& message) {
        v1::Envelope envelope;
        if (message.envelope.empty() || !envelope.ParseFromString(message.envelope)) {
            complain("an unreadable message under " + message.topic);
            return;
        }
        const auto heard = follow_.message(message.topic, envelope.epoch(), envelope.seq(), envelope.count());
        if (heard == Follow::Heard::new_epoch) return tear("vigild started again");
        if (envelope.has_digest()) take_digest(message.topic, envelope.digest());
        if (follow_.broken()) tear("messages before one under " + message.topic + " are missing");
        if (heard == Follow::Heard::news) show(message.topic, envelope);
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

    void tear(std::string const& why) {
        if (torn_ms_) return;
        complain(why + "; repairing");
        follow_.lose();
        torn_ms_ = try_ms_ = now_ms();
    }

    // What still waits in the pipe is heard first: while it is full the publisher goes on losing messages.
    void mend(bool heard) {
        const auto now = now_ms();
        if (now < try_ms_ || (heard && now - *torn_ms_ < drain_ms)) return;
        if (repair()) {
            torn_ms_.reset();
            return;
        }
        if (interrupted == 0) complain("no answer to the repair; trying again");
        try_ms_ = now_ms() + retry_ms;
    }

    // The snapshot says up to where everything must have been told; what was journaled until then and not shown comes
    // from the journal, in order; last what stands and was never journaled. What comes after it on the feed is counted.
    bool repair() {
        std::vector<v1::Publication> standing;
        std::map<std::string, std::uint64_t> counts;
        Last last;
        if (!snapshot(standing, counts, last) || !replay(last.seq)) return false;
        std::erase_if(standing, [this](v1::Publication const& one) {
            auto const& e = one.envelope();
            return !follow_.wants(one.topic()) || !follow_.is_new(one.topic(), e.epoch(), e.seq(), e.count());
        });
        for (auto const& one : standing) {
            auto const& e = one.envelope();
            follow_.first_time(one.topic(), e.epoch(), e.seq(), e.count());
            show(one.topic(), e);
        }
        follow_.repaired(last.epoch, last.seq, std::move(counts), now_ms());
        return true;
    }

    struct Last {
        std::uint64_t epoch = 0, seq = 0;
    };

    bool snapshot(std::vector<v1::Publication>& standing, std::map<std::string, std::uint64_t>& counts, Last& last) {
        v1::QueryRequest request;
        request.mutable_snapshot()->set_prefix(follow_.prefix());
        for (;;) {
            v1::QueryReply reply;
            request.clear_id();
            if (!ask(request, reply)) return false;
            last = {reply.epoch(), reply.last_seq()};
            for (auto& one : *reply.mutable_publications()) standing.push_back(std::move(one));
            for (auto const& one : reply.counts()) counts[one.cls() + "." + one.unit() + "." + one.bed()] = one.count();
            if (!reply.more()) return true;
            request.mutable_snapshot()->set_from_index(reply.next_index());
        }
    }

    // Everything journaled after what was shown, up to `last`. At the first start nothing was: history is not asked
    // for.
    bool replay(std::uint64_t last) {
        if (follow_.epoch() == 0) return true;
        v1::QueryRequest request;
        request.mutable_replay()->set_prefix(follow_.prefix());
        for (auto from = follow_.safe_seq(); from < last;) {
            v1::QueryReply reply;
            request.clear_id();
            request.mutable_replay()->set_from_seq(from);
            if (!ask(request, reply)) return false;
            for (auto const& one : reply.publications()) {
                auto const& e = one.envelope();
                if (e.seq() > last || !follow_.wants(one.topic())) continue;
                if (follow_.first_time(one.topic(), e.epoch(), e.seq(), e.count())) show(one.topic(), e);
            }
            if (!reply.more()) return true;
            // A page may hold nothing under the prefix and still move on.
            if (reply.last_seq() <= from) return false;
            from = reply.last_seq();
        }
        return true;
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

    Client& client_;
    Options const& options_;
    Follow follow_;
    std::vector<FeedMessage> held_;
    std::optional<std::int64_t> torn_ms_; // since when something is missing
    std::int64_t try_ms_ = 0;
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

void add_watch(command_line::Command& app, Session& session) {
    auto* sub = app.add_subcommand(
        "watch", "Show what vigild publishes: the present state, then live; repairs itself after a gap");
    auto options = std::make_shared<Options>();
    sub->add_option("PREFIX", options->prefix,
                    "Beginning of the topics, such as vigil.v1.alert. or vigil.v1.score.demo.icu1.");
    sub->add_flag("--once", options->once, "The present state only");
    sub->add_option("--seconds", options->seconds, "Stop after so long")->positive();
    sub->add_flag("--json", session.json, "One JSON object a line");
    sub->callback([&session, options] { session.run = [&session, options] { return run_watch(session, *options); }; });
}

} // namespace vigil::cli
