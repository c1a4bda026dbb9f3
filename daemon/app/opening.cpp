#include "app/opening.hpp"

#include "loop/log.hpp"
#include "store/recovery.hpp"

#include <algorithm>
#include <sysexits.h>

#include <fmt/format.h>

namespace vigil::app {

namespace {

int exit_code_of(store::Refusal::Why why) {
    using Why = store::Refusal::Why;
    switch (why) {
    case Why::missing: return EX_NOINPUT;
    case Why::in_use: return EX_TEMPFAIL;
    case Why::wrong_kind: return EX_CONFIG;
    case Why::newer:
    case Why::older:
    case Why::damaged:
    case Why::cut:
    case Why::effects_differ:
    case Why::bad_rulebook: return EX_DATAERR;
    case Why::io: return EX_IOERR;
    }
    return EX_SOFTWARE;
}

Opening refused(store::Refusal const& why) {
    loop::log::error(fmt::format("journal: {}: {}: {}", name_of(why.why), why.where, why.what));
    Opening out;
    out.exit_code = exit_code_of(why.why);
    return out;
}

// A segment is opened when there is none, or when another core, format or rulebook wrote the last one.
bool opens_segment(store::Recovered const& recovered, core::Rulebook const& rules) {
    return recovered.fresh || recovered.core_version != core::core_version || recovered.format != core::newest_format ||
           recovered.rulebook_digest != rules.digest;
}

} // namespace

Opening open_journal(Configuration const& configuration) {
    auto recovered = store::recover(configuration.journal, rules_from_bytes);
    if (!recovered) return refused(recovered.refusal());
    auto page = store::CrashPage::open(configuration.journal.directory);
    if (!page) return refused(page.refusal());
    for (auto const& note : recovered->notes) loop::log::notice(fmt::format("journal: {}", note));

    auto const& rules = configuration.rules;
    Opening out;
    auto const& settings = configuration.settings;
    const auto last = recovered->last_at;
    out.clock = settings.driven ? loop::LogClock::driven(last) : loop::LogClock::real(loop::system_time(), last);
    out.last_seq = recovered->next_seq - 1;
    // New on each start, also when the last one ended before its own was durable.
    const auto utc = loop::system_time().utc();
    out.beginning.epoch = std::max(recovered->state.epoch + 1, static_cast<std::uint64_t>(utc));
    if (!recovered->fresh) out.beginning.down_for = out.clock->now() - last;
    out.beginning.rules_changed = !recovered->fresh && recovered->rulebook_digest != rules->digest;
    out.beginning.degraded = page->degraded();
    if (page->suspect())
        loop::log::warning(
            "the last process ended inside the step of a frame; it is retried alone when it comes again");

    if (recovered->fresh) recovered->state.now = out.clock->now(); // nothing happened since 1970 that would be due

    std::optional<store::Opening> segment;
    if (opens_segment(*recovered, *rules))
        segment = store::Opening{std::string{core::core_version}, rules->bytes, rules->digest,
                                 store::encode_snapshot(recovered->state, recovered->pending)};
    loop::log::notice(fmt::format("journal: segment {}, sequence {}, {} events stepped again",
                                  recovered->journal.segment, out.last_seq, recovered->replayed));
    out.start.emplace(loop::Recorder::Start{core::Engine{*rules, std::move(recovered->state)}, rules,
                                            std::move(recovered->journal), recovered->next_seq,
                                            std::move(recovered->pending), std::move(segment), recovered->replay_took});
    out.page.emplace(std::move(*page));
    return out;
}

} // namespace vigil::app
