#include "tests/system/burden/simulated_ward.hpp"

#include "adapters/hl7/decode.hpp"
#include "adapters/hl7/wire.hpp"
#include "adapters/simulator/script_truth.hpp"
#include "cli/played.hpp"
#include "wire/batch.hpp"

#include "vigil/v1/observation.pb.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vigil::testing {

namespace {

using model::LogTime;

constexpr char const* feed = "ward";

// As adapters/hl7-demo.toml says it.
hl7::Settings adapter_settings() {
    hl7::Settings out{adapters::SiteKey{{}}};
    out.zone = adapters::Zone::named("UTC");
    out.simulated = true;
    out.places.set_labels(adapters::Places::Labels::unit);
    char const* root = std::getenv("VIGIL_ROOT");
    std::ifstream file{std::string{root == nullptr ? "." : root} + "/config/vocabulary.tsv"};
    std::ostringstream text;
    text << file.rdbuf();
    std::string why;
    if (!adapters::read_coded_values(text.str(), out.coded, why)) throw std::runtime_error{"vocabulary.tsv:" + why};
    return out;
}

std::string token_of(int bed) {
    auto out = simulator::bed_name(bed);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

class Player {
public:
    Player(core::Rulebook const& rules, LogTime begin)
        : played_{rules, begin, model::minutes(5)},
          decoder_{adapter_settings()},
          source_{played_.source(feed, "hl7")} {}

    void take(std::string_view text) {
        ++out_.messages;
        auto const& decoded = decoder_.decode(text, 0);
        if (decoded.fault != hl7::Fault::none) {
            ++out_.refused[std::string{name(decoded.fault)}];
            return;
        }
        hl7::each_batch(decoded, {adapters::content_digest(text), 0, {}, false},
                        [this](v1::ObservationBatch& batch) { take(batch); });
    }

    // What comes by no feed: a person enters it.
    void limit_care(LogTime at, int bed) {
        played_.pass(at);
        played_.step(at, core::CareLimited{"physician", {"icu", token_of(bed)}, false, {}, "family_meeting"});
    }

    RaisedOnTheWard finish(LogTime end) {
        played_.pass(end);
        auto const& state = played_.engine().state();
        for (auto const& e : state.encounters) {
            cli::TriedStay stay;
            auto const& first = e.stays.front();
            stay.name = state.beds.at(first.bed.value - 1).bed;
            stay.from = LogTime{e.opened.ms};
            stay.to = e.closed ? LogTime{std::min(e.closed->ms, end.ms)} : end;
            out_.trial.stays.push_back(std::move(stay));
        }
        for (auto& alert : played_.take_alerts()) {
            if (alert.last.encounter == model::nobody) throw std::runtime_error{"an alert of nobody: " + alert.said};
            out_.trial.stays.at(alert.last.encounter.value - 1).alerts.push_back(std::move(alert));
        }
        for (std::size_t i = 0; i < state.beds.size(); ++i)
            out_.bed_names[static_cast<std::uint32_t>(i + 1)] = state.beds[i].bed;
        return std::move(out_);
    }

private:
    void take(v1::ObservationBatch& batch) {
        batch.set_source(feed);
        auto why = wire::BatchReader::check(batch, true);
        if (why.empty() && known(batch)) return;
        if (why.empty()) why = reader_.read(batch, played_.engine(), source_, taken_);
        if (!why.empty()) {
            ++out_.refused[std::string{why}];
            return;
        }
        const LogTime at{std::max(batch.message_time_ms(), played_.engine().state().now.ms)};
        played_.pass(at);
        for (auto& change : taken_.census) played_.step(at, std::move(change));
        // The census and the acknowledgements may have named people and places.
        why = reader_.read(batch, played_.engine(), source_, taken_);
        if (!why.empty()) throw std::runtime_error{std::string{why}};
        played_.step(at, std::move(taken_.frame));
    }

    bool known(v1::ObservationBatch const& batch) const {
        model::Digest content{};
        std::copy(batch.content_digest().begin(), batch.content_digest().end(), content.begin());
        return played_.engine().taken_before(source_, batch.message_id(), content, batch.part()).has_value();
    }

    cli::Played played_;
    hl7::Decoder decoder_;
    model::SourceId source_;
    wire::BatchReader reader_;
    wire::Taken taken_;
    RaisedOnTheWard out_;
};

} // namespace

RaisedOnTheWard play_ward(core::Rulebook rules, simulator::WardSetting const& setting, double hours) {
    // What costs most: the worst of the last day of SOFA, which no rule reads.
    std::erase_if(rules.scores, [](core::EnabledScore const& s) {
        return s.key.id == model::ScoreId::sofa && s.key.product == model::Product::rolling;
    });
    // Nobody expects the other feeds of the configuration.
    std::erase_if(rules.sources, [](core::SourceSettings const& s) { return s.source != feed; });
    simulator::Ward ward{setting};
    Player player{rules, LogTime{setting.start}};
    const auto script = simulator::scripted(setting);
    const auto end = setting.start + simulator::hours(hours);
    while (ward.now() < end) {
        for (auto const& scripted : script)
            if (scripted.expected.ought == simulator::Ought::done && scripted.onset == ward.now())
                player.limit_care(LogTime{scripted.onset}, scripted.bed);
        for (auto const& message : ward.next_minute()) player.take(message.text);
    }
    return player.finish(LogTime{end});
}

} // namespace vigil::testing
