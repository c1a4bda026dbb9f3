#include "definitions/source_maps.hpp"

#include "definitions/tsv.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace vigil::definitions {

namespace {

enum Column : std::size_t { c_source, c_system, c_code, c_unit, c_signal, c_unit_as };
constexpr auto columns = std::to_array<std::string_view>({"source", "system", "code", "unit", "signal", "unit_as"});

// Units a rate may be in although only a score can bring it to a dose: they need a weight or a concentration.
bool needs_weight(model::Unit unit) {
    switch (unit) {
    case model::Unit::ug_per_min:
    case model::Unit::ug_per_h:
    case model::Unit::mg_per_h:
    case model::Unit::mg_per_min:
    case model::Unit::mL_per_h: return true;
    default: return false;
    }
}

class MapReader {
public:
    MapReader(TsvTable const& table, Vocabulary const& vocabulary, std::vector<core::SourceSettings> const& sources,
              Problems& problems)
        : table_(table),
          vocabulary_(vocabulary),
          sources_(sources),
          problems_(problems) {}

    std::optional<core::SourceMapRow> read(TsvRow const& row) {
        core::SourceMapRow out{std::string(row.cells[c_source]), {}, std::string(row.cells[c_code]),
                               std::string(row.cells[c_unit]),   {}, {}};
        const auto before = problems_.size();
        const auto known = [&](core::SourceSettings const& s) { return s.source == out.source; };
        if (out.source.empty())
            wrong(row, c_source, "must not be empty");
        else if (!sources_.empty() && std::none_of(sources_.begin(), sources_.end(), known))
            wrong(row, c_source, "no [[source]] has the name '" + out.source + "'");
        const auto system = model::parse_code_system(row.cells[c_system]);
        if (system && *system != model::CodeSystem::unspecified)
            out.system = *system;
        else
            wrong(row, c_system,
                  "unknown system '" + std::string(row.cells[c_system]) + "': LN, MDC, ATC, VIGIL or LOCAL");
        if (out.code.empty()) wrong(row, c_code, "must not be empty");
        if (const auto signal = model::parse_signal(row.cells[c_signal])) {
            out.signal = *signal;
            if (vocabulary_.entries[static_cast<std::size_t>(*signal)].kind == model::SignalKind::derived)
                wrong(row, c_signal, "Vigil works out " + std::string(row.cells[c_signal]) + " itself");
            read_units(row, out);
        } else
            wrong(row, c_signal, "unknown signal '" + std::string(row.cells[c_signal]) + "'");
        return problems_.size() == before ? std::optional{out} : std::nullopt;
    }

private:
    void wrong(TsvRow const& row, Column column, std::string why) {
        table_.problem(problems_, row, column, std::move(why));
    }

    bool means(model::Unit unit, model::Signal signal) const {
        auto const& entry = vocabulary_.entries[static_cast<std::size_t>(signal)];
        auto const& alternates = vocabulary_.alternates[static_cast<std::size_t>(signal)];
        if (unit == entry.canonical || std::find(alternates.begin(), alternates.end(), unit) != alternates.end())
            return true;
        return entry.kind == model::SignalKind::infusion && needs_weight(unit);
    }

    void read_units(TsvRow const& row, core::SourceMapRow& out) {
        const std::string name(row.cells[c_signal]);
        if (!row.cells[c_unit_as].empty()) {
            out.unit_as = parse_unit_cell(row.cells[c_unit_as]);
            if (!out.unit_as)
                wrong(row, c_unit_as, "unknown unit '" + std::string(row.cells[c_unit_as]) + "'");
            else if (!means(*out.unit_as, out.signal))
                wrong(row, c_unit_as, std::string(row.cells[c_unit_as]) + " is no unit of " + name);
            return;
        }
        if (out.unit.empty()) return;
        const auto unit = model::parse_unit(out.unit);
        if (!unit)
            wrong(row, c_unit, "unknown unit '" + out.unit + "': say in unit_as what it is");
        else if (!means(*unit, out.signal))
            wrong(row, c_unit, out.unit + " is no unit of " + name);
    }

    TsvTable const& table_;
    Vocabulary const& vocabulary_;
    std::vector<core::SourceSettings> const& sources_;
    Problems& problems_;
};

} // namespace

std::vector<core::SourceMapRow> load_source_maps(Files const& files, Vocabulary const& vocabulary,
                                                 std::vector<core::SourceSettings> const& sources, Problems& problems) {
    std::vector<core::SourceMapRow> out;
    std::map<std::string, std::string> seen;
    for (auto const& file : files) {
        const TsvTable table = read_tsv(file, columns, problems);
        MapReader reader(table, vocabulary, sources, problems);
        for (auto const& row : table.rows) {
            auto one = reader.read(row);
            if (!one) continue;
            const std::string key =
                one->source + '\t' + std::string(row.cells[c_system]) + '\t' + one->code + '\t' + one->unit;
            const auto [at, added] = seen.emplace(key, file.shown + ":" + std::to_string(row.line));
            if (added)
                out.push_back(std::move(*one));
            else
                table.problem(problems, row, c_code, "this code, unit and source already stand in " + at->second);
        }
    }
    return out;
}

} // namespace vigil::definitions
