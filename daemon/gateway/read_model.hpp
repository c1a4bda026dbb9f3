#pragma once

#include "gateway/page.pb.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3;

namespace vigil::gateway {

/// Where a class of the feed has been read up to without a hole, and what stood there: if the journal does not say the
/// same any more it is another journal, and everything here is dropped.
struct Cursor {
    std::uint64_t seq = 0;
    std::int64_t log_time_ms = 0;
};

struct ScoreRow {
    std::string encounter;
    std::string unit;
    std::string bed;
    std::string definition; ///< id without version
    std::string product;
    std::uint64_t seq = 0;
    vigil::page::v1::TrendPoint point;
};

/// The gateway's own database: history and trends, filled from the feed. Its only connection; the owner serialises the
/// calls. Everything in it can be dropped and filled again by replay, so it is written without waiting for the disk.
class ReadModel {
public:
    explicit ReadModel(const std::string& path); ///< throws std::runtime_error with the path and the reason
    ~ReadModel();
    ReadModel(const ReadModel&) = delete;
    ReadModel& operator=(const ReadModel&) = delete;

    void begin();  ///< no-op inside a transaction
    void commit(); ///< no-op outside of one

    void put_score(const ScoreRow& row);
    void put_alert(const vigil::v1::Alert& alert, std::uint64_t seq);
    void put_event(const std::string& unit, const std::string& bed, const vigil::v1::BedEvent& event, std::uint64_t seq,
                   std::int64_t event_time_ms);

    [[nodiscard]] Cursor cursor(const std::string& cls) const;
    void set_cursor(const std::string& cls, const Cursor& cursor);

    /// Points of (from, to] and the one that was true at `from`, oldest first.
    [[nodiscard]] std::vector<vigil::page::v1::TrendPoint> trend(const std::string& encounter,
                                                                 const std::string& definition,
                                                                 const std::string& product, std::int64_t from_ms,
                                                                 std::int64_t to_ms) const;
    [[nodiscard]] std::optional<vigil::page::v1::TrendPoint> score_at(const std::string& encounter,
                                                                      const std::string& definition,
                                                                      const std::string& product,
                                                                      std::int64_t at_ms) const;
    [[nodiscard]] std::optional<vigil::page::v1::Why> why(const std::string& alert) const;
    [[nodiscard]] std::vector<vigil::v1::Alert> closed_alerts(std::int64_t since_ms, unsigned most) const;
    /// What was journaled after `seq`, oldest first. `to` is the last of them: the caller knows what is complete.
    [[nodiscard]] vigil::page::v1::AlertRevisions revisions_after(std::uint64_t seq, unsigned most) const;

    void forget_before(std::int64_t time_ms);
    void drop(); ///< empties it; cursors begin at 0
    [[nodiscard]] std::uint64_t rows() const;

private:
    void open(const std::string& path);
    bool usable();
    void run(const char* sql) const;

    sqlite3* db_ = nullptr;
    bool in_transaction_ = false;
};

} // namespace vigil::gateway
