#include "tests/unit/store/ward.hpp"

#include "core/model/hex.hpp"
#include "definitions/rulebook_loader.hpp"
#include "store/snapshot.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace vigil::testing {

namespace fs = std::filesystem;

namespace {
// Signals that no score reads, so that the core is quick; one code is not mapped.
constexpr auto codes =
    std::to_array<std::string_view>({"hr", "pulse", "sbp", "nibp_sbp", "cvp", "pi", "etco2", "nonsense"});

core::State born_at(model::LogTime at) {
    core::State s;
    s.now = at;
    s.next_forget = at;
    return s;
}
} // namespace

TempDir::TempDir() {
    // In memory where that is possible: what a power cut leaves is tested with a simulated disk, not with this one.
    const fs::path root = fs::is_directory("/dev/shm") ? fs::path{"/dev/shm"} : fs::temp_directory_path();
    auto pattern = (root / "vigil-store-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

std::shared_ptr<core::Rulebook const> shipped_rulebook() {
    static const auto rules = [] {
        char const* root = std::getenv("VIGIL_ROOT");
        definitions::Problems problems;
        auto config =
            definitions::load_config(std::string{root == nullptr ? "." : root} + "/config/vigil.toml", problems);
        // The store is tried, not the scores: those that alerts begin with are enough, and take a third of the time.
        config.settings.scores.resize(3);
        auto loaded = definitions::load_rulebook(config, problems);
        REQUIRE(loaded);
        return std::make_shared<core::Rulebook const>(std::move(*loaded));
    }();
    return rules;
}

store::RulebookFromBytes rulebooks() {
    return [](std::string_view bytes) { return bytes == shipped_rulebook()->bytes ? shipped_rulebook() : nullptr; };
}

Ward::Ward(unsigned seed, int beds)
    : rules_{shipped_rulebook()},
      engine_{*rules_, born_at(first_instant)},
      random_{seed},
      beds_{beds} {}

Ward::Ward(store::Recovered const& r, unsigned seed, int beds)
    : rules_{shipped_rulebook()},
      engine_{*rules_, r.fresh ? born_at(first_instant) : r.state},
      pending_{r.pending},
      random_{seed},
      beds_{beds},
      next_seq_{r.next_seq},
      messages_{r.next_seq * 1000} {
    if (!r.fresh) now_ = r.last_at;
}

void Ward::step(store::Batch& batch, core::What what, std::vector<core::Event> const& recalled) {
    const core::Event event{next_seq_++, now_, std::move(what)};
    batch.add(event);
    std::vector<core::Effect> effects;
    engine_.step(event, effects, recalled);
    for (auto const& effect : effects) batch.add(next_seq_++, now_, event.seq, effect);
    store::follow_recalls(pending_, event, effects, engine_.state(), *rules_);
}

void Ward::open_segment(store::Batch& batch) {
    batch.open_segment({std::string{core::core_version}, rules_->bytes, rules_->digest,
                        store::encode_snapshot(engine_.state(), pending_)});
}

void Ward::snapshot(store::Batch& batch) { batch.snapshot_after(store::encode_snapshot(engine_.state(), pending_)); }

void Ward::start(store::Batch& batch) {
    step(batch, core::Started{engine_.state().epoch + 1, {}});
    step(batch, core::SourceReported{"monitor", "hl7", core::SourceState::connected, 1, {}, 0, 0, true});
}

store::Batch Ward::opening() {
    store::Batch batch;
    open_segment(batch);
    start(batch);
    for (int bed = 1; bed <= beds_; ++bed) {
        core::CensusChange admit;
        admit.kind = core::CensusKind::admit;
        admit.source = "monitor";
        admit.message_id = "A" + std::to_string(bed);
        admit.processing = model::Processing::training;
        admit.subject.visit = "v" + std::to_string(bed);
        admit.subject.location = model::Location{"icu", std::to_string(bed)};
        admit.effective = model::EventTime{now_.ms - 1000};
        step(batch, admit);
    }
    return batch;
}

Message Ward::message(int bed) { return {++messages_, bed, 4 + static_cast<int>(random_() % 5), now_, {}, true}; }

model::Frame Ward::frame(Message const& message) const {
    std::minstd_rand random{static_cast<unsigned>(message.number)};
    model::Frame f;
    f.source = *engine_.find_source("monitor");
    f.message_id = "M" + std::to_string(message.number);
    for (std::size_t i = 0; i < 8; ++i) f.content[i] = static_cast<std::uint8_t>(message.number >> (8 * i));
    f.received = {message.at.ms};
    f.message_time = model::DeviceTime{message.at.ms};
    f.processing = model::Processing::training;
    model::Subject subject;
    if (message.names_visit) subject.visit = "v" + std::to_string(message.bed);
    subject.location = model::Location{"icu", std::to_string(message.bed)};
    const auto known = engine_.find_subject(subject);
    f.subject = known.value_or(model::SubjectId{static_cast<std::uint32_t>(engine_.state().subjects.size() + 1)});
    if (!known) f.new_subjects.push_back(subject);
    for (std::size_t i = 0; i < static_cast<std::size_t>(message.readings); ++i) {
        model::Channel c;
        c.source = f.source;
        c.system = model::CodeSystem::VIGIL;
        c.code = message.code.empty() ? codes[i % codes.size()] : message.code;
        if (!message.code.empty()) c.unit = "mm[Hg]";
        const auto channel = engine_.find_channel(c);
        model::Reading r;
        r.channel = channel.value_or(
            model::ChannelId{static_cast<std::uint32_t>(engine_.state().channels.size() + f.new_channels.size() + 1)});
        if (!channel) f.new_channels.push_back(c);
        r.value.kind = model::Value::Kind::number;
        r.value.number = {static_cast<std::int64_t>(random() % 400), 0}; // some are beyond what is plausible
        r.time = model::DeviceTime{message.at.ms - static_cast<std::int64_t>(random() % 900)};
        f.readings.push_back(r);
    }
    return f;
}

bool Ward::send(store::Batch& batch, Message const& message) {
    const auto f = frame(message);
    if (engine_.taken_before(f.source, f.message_id, f.content, f.part)) return false;
    step(batch, f);
    return true;
}

void Ward::tick(store::Batch& batch, model::Duration passed) {
    now_ = now_ + passed;
    step(batch, core::Ticked{now_});
}

void Ward::second(store::Batch& batch) {
    tick(batch);
    for (int bed = 1; bed <= beds_; ++bed) send(batch, message(bed));
}

core::Attested mean_pressure_seen(model::EventTime when) {
    core::Attested a;
    a.user = "nurse";
    a.location = {"icu", "1"};
    a.what = model::Signal::map;
    a.value.kind = model::Value::Kind::number;
    a.value.number = {61, 0};
    a.unit = model::Unit::mmHg;
    a.when = when;
    return a;
}

store::Options options_for(fs::path const& directory) {
    store::Options o;
    o.directory = directory / "journal";
    return o;
}

store::Committed commit(store::CommitThread& thread, store::Batch batch) {
    thread.submit(std::move(batch), {});
    thread.drain();
    auto back = thread.take();
    REQUIRE(back.size() == 1);
    if (auto const* failed = std::get_if<store::Failed>(&back.front())) FAIL("not committed: " << failed->what);
    return std::move(std::get<store::Committed>(back.front()));
}

store::Recovered recovered(store::Options const& options) {
    auto r = store::recover(options, rulebooks());
    if (!r) FAIL(r.refusal().where << ": " << r.refusal().what);
    return std::move(*r);
}

std::string fingerprint(fs::path const& directory) {
    std::map<std::string, std::string> files;
    for (auto const& entry : fs::directory_iterator{directory}) {
        std::ifstream in{entry.path(), std::ios::binary};
        std::stringstream bytes;
        bytes << in.rdbuf();
        files[entry.path().filename()] = model::hex(store::chain({}, 0, {}, 0, 0, bytes.str()));
    }
    std::string out;
    for (auto const& [name, hash] : files) out += name + " " + hash + "\n";
    return out;
}

void flip_bit(fs::path const& file, std::uint64_t bit) {
    std::fstream f{file, std::ios::in | std::ios::out | std::ios::binary};
    char c = 0;
    f.seekg(static_cast<std::streamoff>(bit / 8));
    f.get(c);
    c = static_cast<char>(static_cast<unsigned char>(c) ^ (1U << (bit % 8)));
    f.seekp(static_cast<std::streamoff>(bit / 8));
    f.put(c);
}

} // namespace vigil::testing
