#include "store/sealed_check.hpp"

#include "store/segment_cursor.hpp"

namespace vigil::store {

namespace {

using Why = Refusal::Why;
constexpr std::uint64_t rows_between_pauses = 4'096;
constexpr unsigned pauses_for_sealing = 100;

struct Link {
    std::uint32_t number = 0; // 0: there was none
    std::uint64_t last_seq = 0;
    Hash head{};
};

enum class Walked : std::uint8_t { whole, stopped };

Result<Walked> walk(std::filesystem::path const& file, std::uint32_t number, Link& link,
                    std::function<bool()> const& pause) {
    Database db{file, Access::beside_writer};
    if (auto refused = check_header(db)) return *refused;
    const auto opening = read_opening(db);
    if (!opening) return Refusal{Why::damaged, file.string(), "the segment has no opening but another follows it"};
    if (opening->number != number) return Refusal{Why::damaged, file.string(), "the file was renamed"};
    const bool follows = link.number + 1 == number;
    if (follows && link.number != 0 && (opening->first_seq != link.last_seq + 1 || opening->previous != link.head))
        return Refusal{Why::damaged, file.string(), "does not go on where the segment before it ends"};
    ChainWalk chain{db, *opening};
    for (std::uint64_t n = 1; chain.next(); ++n)
        if (n % rows_between_pauses == 0 && !pause()) return Walked::stopped;
    if (chain.broken()) return *chain.broken();
    link = {number, chain.last_seq(), chain.head()};
    return Walked::whole;
}

} // namespace

SealedCheck check_sealed(std::filesystem::path const& directory, std::uint32_t newest,
                         std::function<bool()> const& pause) {
    SealedCheck out;
    Link link;
    for (const auto number : list_segments(directory)) {
        if (number >= newest) break;
        const auto file = segment_path(directory, number);
        // One that still has its log is about to be sealed; a reader would only be in the way.
        for (unsigned n = 0; has_wal(file) && n < pauses_for_sealing; ++n)
            if (!pause()) return out;
        try {
            const auto walked = walk(file, number, link, pause);
            if (!walked) out.problem = walked.refusal();
            if (!walked || *walked == Walked::stopped) return out;
        } catch (DatabaseError const& error) {
            out.problem = refusal_of(error, file);
            return out;
        }
        ++out.segments;
        if (!pause()) return out;
    }
    return out;
}

} // namespace vigil::store
